/** Writes one value of a COPY stream (still escaped, bytes as Latin-1) in the one way that all servers and settings share. */
export type Canonical = (value: string) => string

/**
 * How values of a type are made comparable, by `pg_type.typname` of the innermost type; undefined where a type is always written alike.
 * A dump records neither its time zone nor bytea_output nor lc_monetary, and servers before 12 wrote floats with 17 digits.
 */
export function canonicalOf(baseType: string): Canonical | undefined {
  if (/^(?:timestamptz|tstzrange|tstzmultirange)$/.test(baseType)) return canonicalTimes
  if (baseType === 'float4') return (value) => value.replace(number, (text) => String(Math.fround(Number(text))))
  if (/^(?:float8|point|lseg|box|path|polygon|line|circle)$/.test(baseType)) {
    return (value) => value.replace(number, (text) => String(Number(text)))
  }
  if (baseType === 'bytea') return canonicalBytes
  // As `quote_all_identifiers` writes them, and as they are written without it.
  if (/^reg(?!conf)/.test(baseType)) return (value) => value.replaceAll('"', '')
  if (baseType === 'money') return (value) => value.replace(/[^\d\-()]/g, '')
  // Composite types, ranges of somebody's own: what looks like a time with a zone in them is one.
  return builtIn.has(baseType) ? undefined : canonicalTimes
}

const number = /-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/gi

/** Types that hold no time with a zone, and free text in which something may only look like one. */
const builtIn = new Set(
  (
    'bool char name int2 int4 int8 numeric oid text varchar bpchar json jsonb xml uuid date time timetz timestamp interval bit varbit inet ' +
    'cidr macaddr macaddr8 tsvector tsquery int4range int8range numrange daterange tsrange int4multirange int8multirange nummultirange ' +
    'datemultirange tsmultirange citext hstore ltree jsonpath pg_lsn'
  ).split(' '),
)

const time = /(\d{4,6})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(\.\d+)?([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?( BC)?/g

const canonicalTimes: Canonical = (value) =>
  value.replace(
    time,
    (_, year, month, day, hour, minute, second, fraction = '', sign, zoneHour, zoneMinute = 0, zoneSecond = 0, era) => {
      const zone = Number(zoneHour) * 3600 + Number(zoneMinute) * 60 + Number(zoneSecond)
      const clock = Number(hour) * 3600 + Number(minute) * 60 + Number(second)
      const days = dayNumber(era ? 1 - Number(year) : Number(year), Number(month), Number(day))
      return `${days * 86_400 + clock - (sign === '-' ? -zone : zone)}${fraction}z`
    },
  )

/** Days since 1970-01-01 in the proleptic Gregorian calendar; years may be negative. */
function dayNumber(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

/** Values of bytea, and of arrays of it. */
const canonicalBytes: Canonical = (value) => {
  if (value === '\\N') return value
  const text = unescapeCopy(value)
  if (!/^[{[]/.test(text) || !text.endsWith('}')) return bytesAsHex(text)
  return text.replace(/"((?:[^"\\]|\\.)*)"|[^{},"]+/gs, (bare: string, quoted: string | undefined) =>
    quoted === undefined ? (bare === 'NULL' ? bare : bytesAsHex(bare)) : bytesAsHex(quoted.replace(/\\(.)/gs, '$1')),
  )
}

/** Both ways to write bytea as hex: `\\x00ff` as it is, `\\000\\377` and printable characters as their codes. */
const bytesAsHex = (text: string): string => {
  if (text.startsWith('\\x')) return text.slice(2).toLowerCase()
  const bytes = text.replace(/\\(\\|[0-3][0-7][0-7])/g, (_, code: string) =>
    code === '\\' ? '\\' : String.fromCharCode(Number.parseInt(code, 8)),
  )
  return Buffer.from(bytes, 'latin1').toString('hex')
}

const letters: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

/** A value of a COPY line without its escapes. */
const unescapeCopy = (value: string): string =>
  value.replace(/\\(.)/gs, (_, letter: string) => letters[letter] ?? letter)
