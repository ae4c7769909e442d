-- Who may write: one row a lease. A batch looks at it in its own transaction, and SQLite lets one write at a time.
create table ${lease} (
  epoch integer primary key autoincrement,
  owner varchar(200) not null,
  open_owner varchar(200) unique,
  lasts bigint not null,
  until bigint not null,
  state smallint not null default 0
);

-- What runs there are. A run that has not ended belongs to a lease (epoch) or is parked (wake_at).
create table ${run} (
  id integer primary key,
  -- Texts end at a NUL for most functions, and lengths in types mean nothing: hence the bytes.
  name varchar(200) not null unique check (typeof(name) = 'text' and name not glob '*[^A-Za-z0-9._:-]*'
    and length(cast(name as blob)) between 1 and 200 and length(cast(name as blob)) = length(name)),
  workflow text not null,
  version text not null,
  tenant text not null,
  parent text not null,
  parent_step text not null,
  started_at bigint not null,
  epoch bigint,
  wake_at bigint,
  unread int not null default 0,
  woken smallint not null default 0,
  recoveries int not null default 0,
  claimed_seq int not null default 0,
  status smallint not null default 0,
  ended_at bigint,
  failure text
);
create index ${prefix}run_owned on ${run} (epoch, id) where epoch is not null;
create index ${prefix}run_due on ${run} (wake_at) where wake_at is not null;
create index ${prefix}run_listed on ${run} (started_at, name);
create index ${prefix}run_of_workflow on ${run} (workflow, started_at);
create index ${prefix}run_ended on ${run} (ended_at) where ended_at is not null;

-- What happened, append-only.
create table ${entry} (
  run bigint not null,
  seq int not null,
  kind smallint not null,
  at bigint not null,
  step text not null,
  attempt int not null,
  started_at bigint not null,
  form smallint not null,
  payload blob,
  primary key (run, seq)
);

-- Pieces of payloads that are too large for a row.
create table ${part} (
  run bigint not null,
  seq int not null,
  part int not null,
  payload blob not null,
  primary key (run, seq, part)
);

create table ${label} (
  run bigint not null,
  name text not null,
  content text not null,
  primary key (run, name)
);
create index ${prefix}label_value on ${label} (name, content, run);

-- Messages that wait for a run.
create table ${inbox} (
  number integer primary key autoincrement,
  token varchar(36) not null unique,
  run bigint not null,
  message blob not null
);
create index ${prefix}inbox_run on ${inbox} (run);

create table ${definition} (
  workflow varchar(200) not null,
  version varchar(200) not null,
  at bigint not null,
  body blob not null,
  primary key (workflow, version)
);
create index ${prefix}definition_version on ${definition} (version);

create table ${cell} (
  name blob primary key,
  version bigint not null,
  body blob not null
);

-- What steps did in this database, with their outputs, in the transaction that did it.
create table ${effect} (
  run varchar(200) not null,
  step text not null,
  output blob,
  primary key (run, step)
);
