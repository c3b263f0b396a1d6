import assert from 'node:assert/strict'

/** The texts of each page of a PDF without compression. Fails on what a strict reader would refuse: a wrong offset, length or count. */
export function readPdf(bytes: Buffer): { pages: string[][] } {
  const pdf = bytes.toString('latin1')
  assert.match(pdf, /^%PDF-1\.\d\n/)
  const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(pdf)?.[1])
  assert.equal(pdf.slice(start, start + 4), 'xref')
  const [, count, table] = /^xref\n0 (\d+)\n([\s\S]*?)trailer/.exec(pdf.slice(start)) ?? []
  const entries = (table ?? '').match(/\d{10} \d{5} [nf] \n/g) ?? []
  assert.equal(entries.length, Number(count))
  const objects = entries.slice(1).map((entry, index) => {
    const at = Number(entry.slice(0, 10))
    assert.ok(pdf.startsWith(`${index + 1} 0 obj\n`, at), `object ${index + 1} is where the table says`)
    return pdf.slice(at, pdf.indexOf('endobj', at))
  })
  assert.match(pdf, new RegExp(`/Size ${count} `))
  const kids = [...(/\/Kids \[(.*?)\]/.exec(objects[1] ?? '')?.[1] ?? '').matchAll(/(\d+) 0 R/g)]
  return { pages: kids.map(([, id]) => textsOf(objects, objects[Number(id) - 1] ?? '')) }
}

function textsOf(objects: readonly string[], page: string): string[] {
  const content = objects[Number(/\/Contents (\d+) 0 R/.exec(page)?.[1]) - 1] ?? ''
  const [, length, stream = ''] = /\/Length (\d+) >>\nstream\n([\s\S]*)\nendstream/.exec(content) ?? []
  assert.equal(stream.length, Number(length))
  return [...stream.matchAll(/\(((?:[^\\()]|\\.)*)\) Tj/g)].map(([, text = '']) => text.replace(/\\(.)/g, '$1'))
}
