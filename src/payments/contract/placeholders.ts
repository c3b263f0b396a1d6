import type { Problem } from '../../kernel/errors.ts'
import type { Path, YamlSource } from '../../kernel/place.ts'
import { didYouMean } from '../../kernel/suggest.ts'
import { placeholdersOf } from './template.ts'

const subject = ['user', 'email', 'payment']
const tenant = [...subject, 'tenant']
const mail = ['user', 'email', 'template', 'subject']
/** A purchase has no payment yet when it is begun. */
const buyer = ['user', 'email']
const usage = 'customer provider_customer meter event_name type id quantity at from to force api_key'.split(' ')

/** Placeholders that nothing will fill in: a misspelt one would be sent as it stands. Commands may hold braces of their own. */
export function placeholderProblems(source: YamlSource): Problem[] {
  return textsOf(source.value, []).flatMap(({ path, text }) => {
    const known = knownAt(path)
    if (!known) return []
    return placeholdersOf(text)
      .filter((name) => !known.includes(name))
      .map((name): Problem => {
        const note = didYouMean(name, known)
        return {
          title: `unknown placeholder {${name}}`,
          place: source.place(path),
          ...(note && { note }),
          remedy: `placeholders here: ${known.map((each) => `{${each}}`).join(', ')}`,
        }
      })
  })
}

function knownAt([top, second, third]: Path): readonly string[] | undefined {
  if (top === 'observe' && (second === 'batches' || second === 'sync_status')) return ['customer', 'meter']
  if (top === 'observe') return third === 'command' ? undefined : tenant
  if (top !== 'facts') return undefined
  if (second === 'spend') return subject
  if (second === 'metering') return usage
  if (second === 'catalogue') return []
  if (second === 'config') return ['api_key']
  return second === 'notify' ? mail : buyer
}

function textsOf(value: unknown, path: Path): { path: Path; text: string }[] {
  if (typeof value === 'string') return [{ path, text: value }]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, each]) =>
    textsOf(each, [...path, Array.isArray(value) ? Number(key) : key]),
  )
}
