/** Rows of the table at the beginning, by their `uid`, which no fault and no writer changes; `id` is their key. */
export const ROWS = 4_000

/** All writers meet each other on the first of them. */
export const HOT_ROWS = 40

/** Builds of before write scores that are no numbers into these, when they are told to. */
export const FRAGILE = { from: HOT_ROWS + 1, to: HOT_ROWS + 10 } as const

/** Nobody but the run itself writes these. */
export const SENTINELS = [ROWS - 2, ROWS - 1, ROWS] as const

export function isFragile (uid: number): boolean {
  return (uid >= FRAGILE.from && uid <= FRAGILE.to) || (uid >= SENTINELS[0] && uid <= ROWS)
}

/** What the rows hold at the beginning, as version 0. */
export const FIRST = {
  name: (uid: number): string => `First${uid} Last${uid}`,
  points: (uid: number): string => String(uid)
} as const

export const CREATE_TABLE = `
create sequence people_ids start ${ROWS + 1};
create table people (
  id integer primary key default nextval('people_ids'), uid integer not null unique, first_name text, last_name text default '', score text, note text,
  ver integer not null default 0, pver integer not null default 0, moved integer not null default 0);
insert into people (id, uid, first_name, last_name, score) select i, i, 'First' || i, 'Last' || i, i::text from generate_series(1, ${ROWS}) i;
create index people_ver on people (ver)`
