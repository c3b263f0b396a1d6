import type { RowValue } from '../../reading/mysql/row-values.ts'

/** A column as information_schema tells of it. */
export interface ColumnShape {
  name: string
  /** `data_type`: varchar, decimal … */
  type: string
  isNullable: boolean
  isGenerated: boolean
  /** An INSERT that names no columns leaves it out. */
  isInvisible: boolean
  /** Digits behind the point, of numbers that have a fixed number of them. */
  scale: number | undefined
}

/** Writes a value in the one way that all dumps share; undefined where that takes a server. Bytes as Latin-1. */
export type Canonical = (value: RowValue) => string | undefined

/**
 * How values of a column are made comparable. A dump writes binary values as strings or as hex, numbers with zeros before and behind, and
 * one that a person wrote may leave out what the server fills in.
 */
export function canonicalOf({ type, scale }: Pick<ColumnShape, 'type' | 'scale'>, isUtc: boolean): Canonical {
  if (/^(?:(?:tiny|small|medium|big)?int|year)$/.test(type)) return integer
  if (type === 'decimal') return decimal
  if (type === 'float') return scale === undefined ? float(6) : decimal
  if (type === 'double') return scale === undefined ? float(17) : decimal
  if (type === 'bit') return ({ form, text }) => bits(form, text)?.replace(/^\0+/, '')
  if (type === 'date') return matching(/^\d{4}-\d\d-\d\d$/)
  if (type === 'time') return time
  if (type === 'timestamp' && !isUtc) return () => undefined
  if (type === 'datetime' || type === 'timestamp') return moment
  // The server pads what is too short, and cuts off the padding.
  if (type === 'char') return (value) => text(value)?.replace(/ +$/, '')
  if (type === 'binary') return (value) => bytes(value)?.replace(/\0+$/, '')
  if (/^(?:varchar|(?:tiny|medium|long)?text|json|enum|set)$/.test(type)) return text
  if (/^(?:varbinary|(?:tiny|medium|long)?blob|vector)$/.test(type) || spatial.test(type)) return bytes
  return ({ form, text: value }) => (form === 'string' ? value : undefined)
}

const spatial = /^(?:geometry|point|linestring|polygon|multi(?:point|linestring|polygon)|geom(?:etry)?collection)$/

const digits = /^([+-]?)0*(\d+)$/

const integer: Canonical = ({ form, text }) => {
  const [, sign, number] = isText(form) ? (digits.exec(text) ?? []) : []
  return number === undefined ? undefined : `${sign === '-' && number !== '0' ? '-' : ''}${number}`
}

const decimal: Canonical = ({ form, text }) => {
  const [, sign, whole = '', fraction = ''] = isText(form) ? (/^([+-]?)0*(\d*)\.?(\d*)$/.exec(text) ?? []) : []
  if (whole === '' && fraction === '') return isText(form) && /^[+-]?0+\.?0*$/.test(text) ? '0' : undefined
  const rest = fraction.replace(/0+$/, '')
  const number = `${whole || '0'}${rest && `.${rest}`}`
  return number === '0' ? '0' : `${sign === '-' ? '-' : ''}${number}`
}

/** More digits than the server writes are rounded by it. */
const float =
  (most: number): Canonical =>
  ({ form, text }) => {
    if (!isText(form) || !/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) return undefined
    const written = text
      .replace(/e.*$/i, '')
      .replace(/\D/g, '')
      .replace(/^0+|0+$/g, '')
    return written.length > most ? undefined : String(Number(text))
  }

const matching =
  (pattern: RegExp): Canonical =>
  ({ form, text }) =>
    form === 'string' && pattern.test(text) ? text : undefined

const time: Canonical = ({ form, text }) =>
  form === 'string' && /^-?\d\d\d?:\d\d:\d\d(?:\.\d+)?$/.test(text) ? withoutZeros(text) : undefined

const moment: Canonical = ({ form, text }) =>
  form === 'string' && /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?$/.test(text) ? withoutZeros(text) : undefined

const withoutZeros = (value: string): string => value.replace(/\.0+$|(\.\d*[1-9])0+$/, '$1')

const bits = (form: RowValue['form'], value: string): string | undefined => {
  if (form === 'string' || form === 'hex' || form === 'bits') return value
  if (form !== 'number' || !/^\d{1,20}$/.test(value)) return undefined
  const hex = BigInt(value).toString(16)
  return Buffer.from(hex.length % 2 === 1 ? `0${hex}` : hex, 'hex').toString('latin1')
}

const bytes: Canonical = ({ form, text }) => (form === 'string' || form === 'hex' ? text : undefined)

/** Hex is in the charset of the column, strings are in that of the dump: only what is the same in all of them can be compared. */
const text: Canonical = ({ form, text: value }) => {
  if (form === 'string' || form === 'number') return value
  return form === 'hex' && !/[^\x20-\x7e\s]/.test(value) ? value : undefined
}

const isText = (form: RowValue['form']): boolean => form === 'number' || form === 'string'
