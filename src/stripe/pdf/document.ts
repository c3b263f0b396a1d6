import { encodeWinAnsi, widthOf } from './metrics.ts'

/** A4 in points; the origin is at the top left here. */
export const pageSize = { width: 595, height: 842 }

export interface TextStyle {
  /** Points; 10 when absent. */
  size?: number
  isBold?: boolean
  /** 0 is black. */
  gray?: number
  /** `x` is where the text ends. */
  isRight?: boolean
}

/**
 * Writes PDF 1.4 with the base fonts every reader has, text and lines only. A library would embed fonts and images, which invoices of a
 * sandbox do not need, for some megabytes of dependencies.
 */
export class PdfDocument {
  private readonly pages: string[][] = []
  private readonly title: string

  constructor(title: string) {
    this.title = title
    this.addPage()
  }

  get pageCount(): number {
    return this.pages.length
  }

  addPage(): void {
    this.pages.push([])
  }

  /** One line of text whose baseline is `y` points from the top. */
  text(
    x: number,
    y: number,
    text: string,
    { gray = 0, isBold = false, isRight = false, size = 10 }: TextStyle = {},
  ): void {
    const encoded = encodeWinAnsi(text)
    const left = isRight ? x - widthOf(encoded, size, isBold) : x
    const escaped = encoded.replace(/[\\()]/g, (char) => `\\${char}`)
    this.draw(
      `BT ${gray} g /${isBold ? 'F2' : 'F1'} ${size} Tf ${left.toFixed(2)} ${pageSize.height - y} Td (${escaped}) Tj ET`,
    )
  }

  /** A thin horizontal line. */
  rule(x: number, y: number, width: number): void {
    this.draw(`0.8 G 0.7 w ${x} ${pageSize.height - y} m ${x + width} ${pageSize.height - y} l S`)
  }

  finish(): Uint8Array {
    const kids = this.pages.map((_, index) => `${5 + index * 2} 0 R`).join(' ')
    const objects = [
      '<< /Type /Catalog /Pages 2 0 R >>',
      `<< /Type /Pages /Kids [${kids}] /Count ${this.pages.length} >>`,
      font('Helvetica'),
      font('Helvetica-Bold'),
      ...this.pages.flatMap((commands, index) => pageObjects(commands.join('\n'), 6 + index * 2)),
      `<< /Title (${encodeWinAnsi(this.title).replace(/[\\()]/g, (char) => `\\${char}`)}) /Producer (gatekit) >>`,
    ]
    return assemble(objects)
  }

  private draw(command: string): void {
    this.pages.at(-1)?.push(command)
  }
}

const font = (name: string): string => `<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding >>`

const pageObjects = (content: string, contentId: number): string[] => [
  `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${pageSize.width} ${pageSize.height}] /Contents ${contentId} 0 R ` +
    '/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>',
  `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
]

/** Numbers the objects from 1 and writes the table of where each begins; the last one is the document's information. */
function assemble(objects: readonly string[]): Uint8Array {
  let pdf = '%PDF-1.4\n%\xe2\xe3\xcf\xd3\n'
  const entries = objects.map((object, index) => {
    const offset = String(pdf.length).padStart(10, '0')
    pdf += `${index + 1} 0 obj\n${object}\nendobj\n`
    return `${offset} 00000 n \n`
  })
  const start = pdf.length
  pdf += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries.join('')}`
  pdf += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R /Info ${objects.length} 0 R >>\nstartxref\n${start}\n%%EOF\n`
  return Buffer.from(pdf, 'latin1')
}
