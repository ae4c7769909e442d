-- Runs that wait in queues are rows of the same table: delayed (1), due (2), or begun (3), which holds until they end.
-- Runs that were never in a queue have 0.
alter table ${run} add column queue varchar(200);
alter table ${run} add column queue_key varchar(200);
alter table ${run} add column queue_rank int;
alter table ${run} add column queue_at bigint;
alter table ${run} add column queue_state smallint not null default 0;
alter table ${run} add column sole varchar(200);
alter table ${run} add column sole_until bigint;
create index ${prefix}run_delayed on ${run} (queue, queue_at) where queue_state = 1;
create index ${prefix}run_ready on ${run} (queue, queue_rank, queue_key, queue_at, id) where queue_state = 2;
create index ${prefix}run_begun on ${run} (queue, queue_key) where queue_state = 3 and ended_at is null;
create index ${prefix}run_sole on ${run} (queue, sole) where sole is not null and ended_at is null;

-- Who lets runs of a limited queue begin looks here first, and counts.
create table ${queue} (
  name varchar(200) primary key
);

-- How many runs of a queue with a rate began when; what is older than its period goes.
create table ${queue_start} (
  queue varchar(200) not null,
  at bigint not null,
  runs int not null
);
create index ${prefix}queue_start_at on ${queue_start} (queue, at);
