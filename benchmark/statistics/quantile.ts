/**
 * The value below which a share of the values lies, interpolated between the two nearest.
 * @param share 0 to 1
 * @throws RangeError without values
 */
export function quantile (values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError('no values to take a quantile of')
  const sorted = Float64Array.from(values).sort()
  const position = (sorted.length - 1) * share
  const below = sorted[Math.floor(position)] ?? NaN
  const above = sorted[Math.ceil(position)] ?? NaN
  return below + (above - below) * (position - Math.floor(position))
}

/** The middle of the values. */
export function median (values: readonly number[]): number {
  return quantile(values, 0.5)
}
