-- Runs that wait in queues are rows of the same table: delayed (1), due (2), or begun (3), which holds until they end.
-- Runs that were never in a queue have 0.
alter table ${run}
  add column queue varchar(200),
  add column queue_key varchar(200),
  add column queue_rank int,
  add column queue_at bigint,
  add column queue_state smallint not null default 0,
  add column sole varchar(200),
  add column sole_until bigint;
create index ${prefix}run_delayed on ${run} (queue, queue_state, queue_at);
create index ${prefix}run_ready on ${run} (queue, queue_state, queue_rank, queue_key, queue_at, id);
create index ${prefix}run_begun on ${run} (queue, queue_state, ended_at, queue_key);
create index ${prefix}run_sole on ${run} (queue, sole, ended_at);

-- Who lets runs of a limited queue begin holds its row, and counts.
create table ${queue} (
  name varchar(200) primary key
) engine = InnoDB default character set utf8mb4 collate utf8mb4_nopad_bin;

-- How many runs of a queue with a rate began when; what is older than its period goes.
create table ${queue_start} (
  queue varchar(200) not null,
  at bigint not null,
  runs int not null
) engine = InnoDB default character set utf8mb4 collate utf8mb4_nopad_bin;
create index ${prefix}queue_start_at on ${queue_start} (queue, at);
