// GSM 03.38: the basic alphabet, and the characters of its extension table, which take two septets each.
const basic = /^[@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà^{}\\[~\]|€\f]*$/
const extended = /[\^{}\\[~\]|€\f]/g

export interface Segments {
  encoding: 'GSM-7' | 'UCS-2'
  segments: number
}

/** How a text is cut into parts: 160 septets alone or 153 each; with any other character 70 units alone or 67 each. */
export function countSegments(text: string): Segments {
  const isGsm = basic.test(text)
  const length = isGsm ? text.length + (text.match(extended)?.length ?? 0) : text.length
  const [single, part] = isGsm ? [160, 153] : [70, 67]
  return { encoding: isGsm ? 'GSM-7' : 'UCS-2', segments: length <= single ? 1 : Math.ceil(length / part) }
}
