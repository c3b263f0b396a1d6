/** What a byte outside of quotes can begin or belong to, as in psql's scanner. */
export const classes = {
  other: 0,
  letter: 1,
  digit: 2,
  space: 3,
  newline: 4,
  quote: 5,
  doubleQuote: 6,
  dollar: 7,
  dash: 8,
  slash: 9,
  semicolon: 10,
  open: 11,
  close: 12,
  backslash: 13,
} as const

/** Class of every byte; bytes above 127 are letters, whatever the encoding. */
export const classOf: Uint8Array = (() => {
  const table = new Uint8Array(256)
  for (let byte = 0; byte < 256; byte++) {
    const char = String.fromCharCode(byte)
    if (/[A-Za-z_]/.test(char) || byte > 127) table[byte] = classes.letter
    else if (/[0-9]/.test(char)) table[byte] = classes.digit
    else if (/[ \t\r\f\v]/.test(char)) table[byte] = classes.space
  }
  for (const [char, value] of [
    ['\n', classes.newline],
    ["'", classes.quote],
    ['"', classes.doubleQuote],
    ['$', classes.dollar],
    ['-', classes.dash],
    ['/', classes.slash],
    [';', classes.semicolon],
    ['(', classes.open],
    [')', classes.close],
    ['\\', classes.backslash],
  ] as const)
    table[char.charCodeAt(0)] = value
  return table
})()

export const isWordByte = (byte: number): boolean => {
  const kind = classOf[byte]
  return kind === classes.letter || kind === classes.digit || kind === classes.dollar
}

/** Ends of line in `buffer` from `from` up to `to`. */
export function countLines(buffer: Buffer, from: number, to: number): number {
  let lines = 0
  for (let at = buffer.indexOf(10, from); at >= 0 && at < to; at = buffer.indexOf(10, at + 1)) lines++
  return lines
}

/** Client encodings in which a backslash or a letter may be the second byte of a character (PostgreSQL: "not supported as server encodings"). */
export const hasUnsafeTrail = (encoding: string): boolean =>
  /^(SJIS|SHIFT_JIS_2004|BIG5|GBK|GB18030|UHC|JOHAB)$/i.test(encoding)
