import { createHash } from 'node:crypto'
import { sameValue } from '../dual-writer/compare.js'
import type { TripSide } from './sides.js'
import type { ValueType } from './value-types.js'

/** The sides along which a row goes. */
export interface Route {
  /** what it is made of that sets out */
  readonly lead: readonly TripSide[]
  /** where it sets out, and must come back to */
  readonly given: TripSide
  readonly made: TripSide
}

/** Rows to begin with. */
export interface TripSource {
  /** SQL that gives them */
  readonly rows: string
  /** FROM of the columns of the first side, by their names, out of a row `vintage_source` */
  from (side: TripSide): string
}

/** A side on the way, and the variables that hold its columns there. */
interface Stop extends TripSide { readonly variables: readonly string[] }

/**
 * Writes a program of plpgsql that takes each row along its route, and leaves what it has found in the setting
 * `vintage.trip`. Only there a row that raises keeps nobody from looking at the next, and what is assigned is held
 * against a length as in a table.
 */
export function writeTrip ({ lead, given: from, made: over }: Route, source: TripSource, limitMs: number): string {
  const before = lead.map((side, nth) => stopAt(side, `lead_${nth}`))
  const [given, made, back] = [stopAt(from, 'given'), stopAt(over, 'made'), stopAt(from, 'back')]
  const way = [...before, given, made]
  const legs: string[] = []
  let at: Stop | undefined
  for (const stop of way) {
    legs.push(at === undefined ? take(stop, source) : compute(stop, at), refuse(stop))
    at = stop
  }
  return inDo(`#variable_conflict use_column
declare
  vintage_until timestamptz := clock_timestamp() + interval '${limitMs} ms';
  vintage_source record;
  vintage_back text;
  vintage_raised text;
  vintage_refused text;
  vintage_loss jsonb;
  vintage_shown jsonb;
  vintage_tried integer := 0;
  vintage_lost integer := 0;
  ${[...way, back].flatMap(declare).join('\n  ')}
begin
  for vintage_source in ${source.rows} loop
    exit when clock_timestamp() > vintage_until;
    begin
      ${legs.join('\n      ')}
    exception when others then
      vintage_refused := coalesce(vintage_refused, sqlerrm);
      continue;
    end;
    vintage_tried := vintage_tried + 1;
    vintage_back := null;
    vintage_raised := null;
    begin
      ${compute(back, made)}
      continue when ${same(given, back)};
      vintage_back := ${asJson(back)};
    exception when others then
      vintage_raised := sqlerrm;
    end;
    vintage_lost := vintage_lost + 1;
    vintage_loss := jsonb_build_object('given', ${asJson(given)}, 'made', ${asJson(made)}, 'back', vintage_back, 'raised', vintage_raised);
    if vintage_shown is null or length(vintage_loss::text) < length(vintage_shown::text) then
      vintage_shown := vintage_loss;
    end if;
  end loop;
  perform set_config('vintage.trip', jsonb_build_object('tried', vintage_tried, 'lost', vintage_lost, 'refused', vintage_refused, 'shown', vintage_shown)::text, true);
end`)
}

function stopAt (side: TripSide, place: string): Stop {
  return { ...side, variables: side.columns.map((_, nth) => `vintage_${place}_${nth}`) }
}

/** A domain that is NOT NULL could not be declared, so its base type stands for it; casts and conditions refuse what it would. */
function declare ({ columns, variables }: Stop): string[] {
  return columns.map(({ valueType }, nth) => `${variables[nth]} ${valueType.base};`)
}

function take ({ columns, variables, ...side }: Stop, source: TripSource): string {
  return assign(variables, columns.map(({ name }) => `vintage_row.${name}`), source.from({ columns, ...side }))
}

function compute ({ columns, variables }: Stop, from: Stop): string {
  return assign(variables, columns.map(({ value }) => value), rowOf(from))
}

/** One by one, since INTO takes no variable of a composite type beside others. */
function assign (variables: readonly string[], values: readonly string[], from: string): string {
  return variables.map((variable, nth) => `${variable} := (select ${values[nth]} from ${from});`).join(' ')
}

/** What no row can hold is passed over. */
function refuse (stop: Stop): string {
  return stop.conditions.length === 0 ? '' : `continue when not (select ${stop.conditions.join(' and ')} from ${rowOf(stop)});`
}

function same (given: Stop, back: Stop): string {
  return given.columns.map(({ valueType }, nth) => sameValue({ type: valueType.base }, `${given.variables[nth]}`, `${back.variables[nth]}`)).join(' and ')
}

/** A zero with a sign is none as a number of JSON. */
function asJson (stop: Stop): string {
  return `(select to_jsonb(vintage_row)::text from ${rowOf(stop, ({ name }) => name.startsWith('float') ? '::text' : '')})`
}

function rowOf ({ columns, variables }: Stop, castOf: (type: ValueType) => string = () => ''): string {
  return `(select ${columns.map(({ name, valueType }, nth) => `${variables[nth]}${castOf(valueType)} as ${name}`).join(', ')}) as vintage_row`
}

function inDo (body: string): string {
  const tag = `$vintage_${createHash('sha256').update(body).digest('hex').slice(0, 8)}$`
  return `do ${tag}${body}${tag}`
}
