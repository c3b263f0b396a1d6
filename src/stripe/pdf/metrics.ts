/** Widths of Helvetica's printable ASCII characters from the space on, in thousandths of the type size (Adobe's metrics of the base fonts). */
const widths = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
  556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
  722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
  556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
  260, 334, 584,
]

/** Characters of the PDF encoding WinAnsi outside Latin-1 that invoices use. */
const special: Record<string, number> = {
  '€': 0x80,
  '…': 0x85,
  '‘': 0x91,
  '’': 0x92,
  '“': 0x93,
  '”': 0x94,
  '•': 0x95,
  '–': 0x96,
  '—': 0x97,
  '™': 0x99,
  Š: 0x8a,
  š: 0x9a,
  Ž: 0x8e,
  ž: 0x9e,
  Œ: 0x8c,
  œ: 0x9c,
}

/** A text in WinAnsi, one character per byte. Accents that it does not have are dropped, other characters become `?`. */
export function encodeWinAnsi(text: string): string {
  return [...text.normalize('NFC')].map(encodeOne).join('')
}

function encodeOne(char: string): string {
  const code = char.codePointAt(0) ?? 0
  if ((code >= 0x20 && code < 0x7f) || (code >= 0xa0 && code <= 0xff)) return char
  const known = special[char]
  if (known !== undefined) return String.fromCharCode(known)
  if (/\s/.test(char)) return ' '
  const plain = char.normalize('NFD').replace(/\p{Mn}/gu, '')
  return plain !== char && plain.length === 1 ? encodeOne(plain) : '?'
}

/** How wide an encoded text is in points. Bold is set a little wider; digits are not. */
export function widthOf(encoded: string, size: number, isBold = false): number {
  let thousandths = 0
  for (const char of encoded) {
    const width = widths[char.charCodeAt(0) - 32] ?? 556
    thousandths += isBold && /[a-z]/.test(char) ? width * 1.07 : width
  }
  return (thousandths * size) / 1000
}
