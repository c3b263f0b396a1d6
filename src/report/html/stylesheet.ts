import { readFileSync } from 'node:fs'
import { packageFile } from '../../kernel/package.ts'

/** In the order in which they override each other. */
const sheets = ['colours', 'frame', 'status', 'verdict', 'gates', 'checks', 'tables', 'history', 'phone', 'print']

/** The one stylesheet of every page, `status.css`. */
export const statusStylesheet = (): string =>
  sheets.map((name) => readFileSync(packageFile(`src/report/html/styles/${name}.css`), 'utf8')).join('\n')
