import { escapeLiteral } from 'pg'
import { namesOf } from '../names.js'

const MINUTE = "(date_part('epoch', now())::bigint / 60)::text"

/**
 * Notes who has written the old side, once a minute for each session: a row that is only ever added, so that no
 * writer waits for another, and a setting of the session, which is taken back with the transaction that is.
 *
 * @param isOldWritten SQL that holds when the statement has written the old side
 */
export function noteStray (transition: string, isOldWritten: string): string {
  const setting = escapeLiteral(namesOf(transition).straySetting)
  return `
  if ${isOldWritten} and current_setting(${setting}, true) is distinct from ${MINUTE} then
    perform set_config(${setting}, ${MINUTE}, false);
    insert into vintage.stray_writes (transition, application, role) values (${escapeLiteral(transition)}, current_setting('application_name'), session_user);
  end if;`
}
