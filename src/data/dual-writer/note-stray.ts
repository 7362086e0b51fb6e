import { escapeLiteral } from 'pg'
import { namesOf } from '../names.js'

/** That of the statement: a transaction may take longer than one. */
const MINUTE = "floor(date_part('epoch', statement_timestamp()) / 60)"

/**
 * Notes who has written the old side, once a minute for each application and role, however many sessions it has: a row
 * that is only ever added, so that no writer waits for another, and a setting of the session, which is taken back with
 * the transaction that is, and spares it the look at the notes of others.
 *
 * @param isOldWritten SQL that holds when the statement has written the old side
 */
export function noteStray (transition: string, isOldWritten: string): string {
  const [name, setting] = [escapeLiteral(transition), escapeLiteral(namesOf(transition).straySetting)]
  return `
  if ${isOldWritten} and current_setting(${setting}, true) is distinct from ${MINUTE}::text then
    perform set_config(${setting}, ${MINUTE}::text, false);
    insert into vintage.stray_writes (transition, application, role)
    select ${name}, current_setting('application_name'), session_user
    where not exists (
      select from vintage.stray_writes s
      where s.transition = ${name} and s.application = current_setting('application_name') and s.role = session_user and s.at >= to_timestamp(${MINUTE} * 60)
    );
  end if;`
}
