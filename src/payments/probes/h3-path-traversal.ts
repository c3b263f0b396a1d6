import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pause } from '../deliver/pause.ts'
import { mailFolderOf, needsMailFolder, strayFiles } from '../mailbox/folder.ts'
import { freshWord, mailRequest } from '../mailbox/notify.ts'
import { green, red, unmeasured } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** Names that lead out of a folder, or are no names. */
const hostileNames = (word: string): [what: string, template: string][] => [
  ['../', `../../${word}`],
  ['../ behind a folder', `x/../../${word}`],
  ['an escaped slash', `..%2f..%2f${word}`],
  ['a slash', `a/${word}`],
  ['an absolute path', join(tmpdir(), word)],
  ['a NUL', `${word}\0.txt`],
  ['backslashes', `..\\..\\${word}`],
  ['300 characters', word.padEnd(300, 'x')],
  ['a dot', '.'],
  ['two dots', '..'],
]

/** The name of a template is somebody else's text. */
export const h3 = defineProbe({
  id: 'H3',
  title: 'path traversal by template',
  rule: 'What a request names is never part of a path: no file appears outside the outbox, and nothing breaks.',
  source: [{ text: 'OWASP, Path traversal', url: 'https://owasp.org/www-community/attacks/Path_Traversal' }],
  guard: 'Refusing and cleaning the name are both fine. Only files whose name has the probe’s own word count.',
  example: 'f"{ts}_{template}.json"',
  company: 'alone',
  needs: (contract) => {
    const missing = needsMailFolder(contract)
    if (missing) return missing
    const body = JSON.stringify(contract.facts.notify?.request.body ?? {})
    return body.includes('{template}') ? undefined : '{template} in facts.notify.request.body'
  },
  async run(rig) {
    const folder = mailFolderOf(rig.contract)
    if (folder === undefined) return unmeasured('there is no folder of mails')
    const control = await rig.request(mailRequest(rig))
    if (control.outcome !== 'ok') return unmeasured('an ordinary mail was refused')
    const word = freshWord()
    const broken: string[] = []
    for (const [what, template] of hostileNames(word)) {
      const { outcome, status, trouble } = await rig.request(mailRequest(rig, { template }))
      if (outcome === 'info') broken.push(`${what} (${status ?? trouble})`)
    }
    await pause(100)
    const stray = strayFiles(word, { folder, dir: rig.contract.dir, others: [tmpdir()] })
    if (stray.length > 0)
      return red('the name of a template put a file outside the outbox', {
        want: 'no file outside the outbox',
        got: 'at least one',
        harm: 'whoever sends mails can write files on the server',
      })
    if (broken.length > 0)
      return red(`a template name with ${broken[0]?.replace(/ \(.*/, '')} broke the request`, {
        want: 'a refusal or a clean name',
        got: broken.join(', '),
        harm: 'the name reaches the file system unchecked',
      })
    return green('hostile names of templates were refused or cleaned')
  },
})
