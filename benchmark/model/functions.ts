/** The functions of the version files, which the hand-written mappings call as well. */

export const upgradeAmount = ({ amount }: { amount: string }) => ({ price: { amount_minor: Math.round(Number(amount) * 100), currency: 'EUR' as const } })
export const downgradePrice = ({ price }: { price: { amount_minor: number, currency: 'EUR' } }) => ({ amount: (price.amount_minor / 100).toFixed(2) })

export const upgradeCourier = ({ courier_first, courier_last }: { courier_first: string, courier_last: string }) => ({ courier_name: `${courier_first} ${courier_last}`.trim() })
export const downgradeCourier = ({ courier_name }: { courier_name: string }) => {
  const space = courier_name.indexOf(' ')
  return space === -1
    ? { courier_first: courier_name, courier_last: '' }
    : { courier_first: courier_name.slice(0, space), courier_last: courier_name.slice(space + 1) }
}

export const upgradeWidth = ({ width_cm }: { width_cm: number }) => ({ width_mm: Math.round(width_cm * 10) })
export const downgradeWidth = ({ width_mm }: { width_mm: number }) => ({ width_cm: width_mm / 10 })

export const upgradePosition = ({ lat_lon }: { lat_lon: string }) => {
  const [lat, lon] = lat_lon.split(',').map(Number)
  return { position: { lat: lat ?? 0, lon: lon ?? 0 } }
}
export const downgradePosition = ({ position }: { position: { lat: number, lon: number } }) => ({ lat_lon: `${position.lat},${position.lon}` })

export const upgradeDelivery = ({ delivery_day }: { delivery_day: string }) => {
  const [day, month, year] = delivery_day.split('.')
  return { delivery_on: `${year}-${month}-${day}` }
}
export const downgradeDelivery = ({ delivery_on }: { delivery_on: string }) => {
  const [year, month, day] = delivery_on.split('-')
  return { delivery_day: `${day}.${month}.${year}` }
}
