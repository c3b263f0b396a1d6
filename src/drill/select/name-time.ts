/** Date, and perhaps time, in a file's name: `shop_20231201_050001.sql`, `2023-12-01T05-00-01Z.dump`, `db-2023.12.01.gz`; or seconds since 1970. */
const dated =
  /(?<!\d)((?:19|20)\d\d)([-_.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?:[-_.T ]{0,2}([01]\d|2[0-3])[-_.:h]?([0-5]\d)(?:[-_.:m]?([0-5]\d))?)?(?!\d)/g
const seconds = /(?<!\d)1[0-9]{9}(?!\d)/

/** The time in a name; what has no zone counts as UTC. The last one counts where there are several. */
export function nameTime(name: string): Date | undefined {
  const found = [...name.matchAll(dated)].at(-1)
  if (!found) return secondsTime(name)
  const [, year, , month, day, hour = '00', minute = '00', second = '00'] = found
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  const isDay = !Number.isNaN(time.getTime()) && time.getUTCDate() === Number(day)
  return isDay ? time : undefined
}

function secondsTime(name: string): Date | undefined {
  const found = seconds.exec(name)
  return found ? new Date(Number(found[0]) * 1000) : undefined
}
