/** Takes an instance, `$1`, out of the fleet, with what it has acknowledged. */
export const LEAVE_FLEET = 'delete from vintage.instances where id = $1'
