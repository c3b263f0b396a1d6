import { pause } from '../deliver/pause.ts'
import { mailFiles, mailFolderOf, needsMailFolder, readNow } from '../mailbox/folder.ts'
import { freshWord, mailRequest } from '../mailbox/notify.ts'
import { green, red, unmeasured } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** A worker writes within this time. */
const lateMs = 1_500

const attacker = 'injected@evil.test'

/** Line breaks in what becomes a header of the mail. */
const injections = (word: string, email: string): [what: string, mail: { subject?: string; email?: string }][] => [
  ['CR LF in the subject', { subject: `${word}\r\nBcc: ${attacker}` }],
  ['LF in the subject', { subject: `${word}\nBcc: ${attacker}` }],
  ['CR in the subject', { subject: `${word}\rBcc: ${attacker}` }],
  ['CR LF in the address', { email: `${word}.${email}\r\nBcc: ${attacker}` }],
  ['LF in the address', { email: `${word}.${email}\nBcc: ${attacker}` }],
]

/** A subject is one line. */
export const h4 = defineProbe({
  id: 'H4',
  title: 'header injection',
  rule: 'Line breaks in a subject or an address never reach the mail: they would become headers and recipients.',
  source: [
    { text: 'RFC 5322, 2.2: a header field is one line', url: 'https://www.rfc-editor.org/rfc/rfc5322#section-2.2' },
    { text: 'Eventra #18804, CUDly #401 and #544' },
  ],
  guard:
    'Refusing and taking the breaks out are both fine; only the subject and the addresses of the mail are looked at.',
  example: 'subject: "Hi\\r\\nBcc: everybody@example.test" kept as it came.',
  company: 'alone',
  needs: (contract) => needsMailFolder(contract),
  async run(rig) {
    const folder = mailFolderOf(rig.contract)
    if (folder === undefined) return unmeasured('there is no folder of mails')
    const before = new Set(mailFiles(folder))
    const control = await rig.request(mailRequest(rig))
    if (control.outcome !== 'ok') return unmeasured('an ordinary mail was refused')
    for (const name of await freshFiles(folder, before)) before.add(name)
    for (const [what, mail] of injections(freshWord(), rig.payment().email)) {
      const { outcome, status, trouble } = await rig.request(mailRequest(rig, mail))
      if (outcome === 'info')
        return red(`${what} broke the request`, { want: 'a refusal or one line', got: String(status ?? trouble) })
      const fresh = outcome === 'ok' ? await freshFiles(folder, before) : []
      for (const name of fresh) before.add(name)
      if (fresh.some((name) => isInjected(readNow(folder, name))))
        return red(`${what} reached the mail`, {
          want: 'one line',
          got: 'a line break in a header',
          harm: 'anybody can send mail to anybody in the shop’s name',
        })
    }
    return green('line breaks in subjects and addresses did not reach a mail')
  },
})

/** Files that were not there before; somebody may write them a little later than it is answered. */
async function freshFiles(folder: string, before: ReadonlySet<string>): Promise<string[]> {
  const end = performance.now() + lateMs
  for (;;) {
    const fresh = mailFiles(folder).filter((name) => !before.has(name))
    if (fresh.length > 0 || performance.now() > end) return fresh
    await pause(20)
  }
}

/** Line breaks in a header, or the attacker among the recipients. */
function isInjected(text: string | undefined): boolean {
  const headers = headersIn(jsonOf(text))
  return headers.some(
    ([name, value]) =>
      (/[\r\n]/.test(value) && /^(?:subject|to|cc|bcc|from|reply_?to)$/i.test(name)) ||
      (/^(?:to|cc|bcc)$/i.test(name) && /(?:^|[\s,;<])injected@evil\.test/.test(value)),
  )
}

/** Texts by the name that they stand under, at any depth. */
function headersIn(value: unknown, name = ''): [name: string, value: string][] {
  if (typeof value === 'string') return [[name, value]]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => headersIn(inner, Array.isArray(value) ? name : key))
}

function jsonOf(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '') as unknown
  } catch {
    return undefined
  }
}
