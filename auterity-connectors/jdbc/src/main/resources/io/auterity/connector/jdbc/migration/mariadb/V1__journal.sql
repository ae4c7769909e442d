-- Who may write: one row a lease. A batch takes it "lock in share mode", so that ending a lease waits for batches under way and
-- fences all later ones.
create table ${lease} (
  epoch bigint auto_increment primary key,
  owner varchar(200) character set ascii collate ascii_bin not null,
  open_owner varchar(200) character set ascii collate ascii_bin unique,
  lasts bigint not null,
  until bigint not null,
  state smallint not null default 0
) engine = InnoDB default character set utf8mb4 collate utf8mb4_nopad_bin;

-- What runs there are. A run that has not ended belongs to a lease (epoch) or is parked (wake_at).
create table ${run} (
  id bigint primary key,
  name varchar(200) character set ascii collate ascii_bin not null unique check (name <> '' and not name regexp '[^A-Za-z0-9._:-]'),
  workflow varchar(200) not null,
  version varchar(200) not null,
  tenant varchar(200) not null,
  parent varchar(200) not null,
  parent_step mediumtext not null,
  started_at bigint not null,
  epoch bigint,
  wake_at bigint,
  unread int not null default 0,
  woken smallint not null default 0,
  recoveries int not null default 0,
  claimed_seq int not null default 0,
  status smallint not null default 0,
  ended_at bigint,
  failure mediumtext
) engine = InnoDB default character set utf8mb4 collate utf8mb4_nopad_bin;
create index ${prefix}run_owned on ${run} (epoch, id);
create index ${prefix}run_due on ${run} (wake_at);
create index ${prefix}run_listed on ${run} (started_at, name);
create index ${prefix}run_of_workflow on ${run} (workflow, started_at);
create index ${prefix}run_ended on ${run} (ended_at);

-- What happened, append-only.
create table ${entry} (
  run bigint not null,
  seq int not null,
  kind smallint not null,
  at bigint not null,
  step mediumtext not null,
  attempt int not null,
  started_at bigint not null,
  form smallint not null,
  payload longblob,
  primary key (run, seq)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_nopad_bin;

-- Pieces of payloads that are too large for a row.
create table ${part} (
  run bigint not null,
  seq int not null,
  part int not null,
  payload longblob not null,
  primary key (run, seq, part)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_nopad_bin;

create table ${label} (
  run bigint not null,
  name varchar(200) not null,
  content varchar(500) not null,
  primary key (run, name)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_nopad_bin;
create index ${prefix}label_value on ${label} (name, content, run);

-- Messages that wait for a run.
create table ${inbox} (
  number bigint auto_increment primary key,
  token varchar(36) character set ascii not null unique,
  run bigint not null,
  message longblob not null
) engine = InnoDB default character set utf8mb4 collate utf8mb4_nopad_bin;
create index ${prefix}inbox_run on ${inbox} (run);

create table ${definition} (
  workflow varchar(200) not null,
  version varchar(200) not null,
  at bigint not null,
  body longblob not null,
  primary key (workflow, version)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_nopad_bin;
create index ${prefix}definition_version on ${definition} (version);

create table ${cell} (
  name varbinary(2000) primary key,
  version bigint not null,
  body longblob not null
) engine = InnoDB default character set utf8mb4 collate utf8mb4_nopad_bin;

-- What steps did in this database, with their outputs, in the transaction that did it.
create table ${effect} (
  run varchar(200) character set ascii collate ascii_bin not null,
  step varchar(500) not null,
  output longblob,
  primary key (run, step)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_nopad_bin;
