/** A row where this server shows the registration of instance `$1` with its lease until `$2`, in seconds since 1970. */
export const HAS_REPLAYED = 'select from vintage.instances where id = $1 and extract(epoch from lease_until) = $2::numeric'
