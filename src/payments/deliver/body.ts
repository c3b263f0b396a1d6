/**
 * How an event is written as bytes. All of them are the same JSON value but for `with-unknown-fields`, `reordered` (other order of keys)
 * and the unusual texts, and each is signed over exactly these bytes: each must take effect.
 */
export const bodyForms = [
  'compact',
  'pretty',
  'escaped',
  'spaced',
  'trailing-newline',
  'float',
  'with-unknown-fields',
  'reordered',
  'unicode',
  'emoji',
  'separators',
  'large',
] as const

export type BodyForm = (typeof bodyForms)[number]
