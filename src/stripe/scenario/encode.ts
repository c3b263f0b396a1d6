import type { Params, Value } from './scenario.ts'

/** Parameters as the API takes them in a form: `items[0][price]=…`. */
export function encodeForm(params: Params): string {
  const form = new URLSearchParams()
  for (const [key, value] of Object.entries(params)) append(form, key, value)
  return form.toString()
}

function append(form: URLSearchParams, key: string, value: Value): void {
  if (value === null) form.append(key, '')
  else if (Array.isArray(value)) value.forEach((item, at) => void append(form, `${key}[${at}]`, item))
  else if (typeof value === 'object') for (const name in value) append(form, `${key}[${name}]`, value[name] ?? null)
  else form.append(key, String(value))
}
