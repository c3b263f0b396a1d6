// Writes the generated part of docs/checks.md: one section for each check type, from its definition.
import { readFileSync, writeFileSync } from 'node:fs'
import { checks } from '../src/checks/list.ts'
import { renderReference } from '../src/checks/reference.ts'

const page = 'docs/checks.md'
const marker = '<!-- From here on written by `node --import tsx scripts/checks-page.ts`. -->\n'
const definitions = await Promise.all(Object.values(checks).map((entry) => entry.load()))
const [head = ''] = readFileSync(page, 'utf8').split(marker)
writeFileSync(page, `${head}${marker}\n${definitions.map(renderReference).join('\n')}`)
