-- What stands on each account of a budget: a payer in a window of time. All amounts are nano-dollars.
create table ${budget_account} (
  id varchar(64) primary key,
  payer text not null,
  period varchar(20) not null,
  opens bigint not null,
  closes bigint not null,
  spent bigint not null,
  reserved bigint not null,
  overrun bigint not null
);
create index ${prefix}budget_account_payer on ${budget_account} (payer, closes);

-- Money set aside for calls on their way, and the line that is booked for one that nobody settles.
create table ${budget_reservation} (
  id varchar(64) primary key,
  token varchar(36) not null,
  until bigint not null,
  amount bigint not null,
  accounts text not null,
  line blob not null
);
create index ${prefix}budget_reservation_until on ${budget_reservation} (until);

-- The ledger: lines are only ever added.
create table ${budget_line} (
  number integer primary key autoincrement,
  id varchar(64) not null unique,
  token varchar(36) not null,
  scope text not null,
  at bigint not null,
  booked bigint not null,
  state smallint not null,
  accounts text not null,
  line blob not null
);
create index ${prefix}budget_line_scope on ${budget_line} (scope, number);
create index ${prefix}budget_line_at on ${budget_line} (at);
