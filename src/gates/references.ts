import { embeddedName, givenName } from '../config/environment.ts'
import { type Waiver, waiverSchema } from '../config/waiver.ts'
import type { Problem } from '../kernel/errors.ts'
import type { YamlSource } from '../kernel/place.ts'
import { schemaProblems } from '../kernel/schema-problems.ts'
import { didYouMean } from '../kernel/suggest.ts'
import { conditionProblems } from './conditions.ts'
import type { Names } from './links.ts'
import type { Gate, Project } from './project.ts'
import type { ProjectFile } from './schema.ts'

/** Environments named by `after` and by conditions. */
export function environmentProblems(file: ProjectFile, source: YamlSource, gates: readonly Gate[]): Problem[] {
  const known = [...Object.keys(file.environments), embeddedName]
  const unknown = (name: string, place: Problem['place'] & object): Problem[] => {
    if (known.includes(name)) return []
    const note = didYouMean(name, known)
    return [
      {
        title: `unknown environment "${name}"`,
        place,
        ...(note && { note }),
        remedy: `environments: ${known.join(', ')}`,
      },
    ]
  }
  const reserved: Problem[] =
    embeddedName in file.environments
      ? [
          {
            title: `environment "${embeddedName}" is always there`,
            place: source.place(['environments', embeddedName], 'key'),
            remedy: 'give yours another name',
          },
        ]
      : []
  const after = Object.entries(file.environments).flatMap(([name, { after }]) =>
    after.flatMap((other, index) => unknown(other, source.place(['environments', name, 'after', index]))),
  )
  return [...reserved, ...after, ...conditionProblems(gates, 'environment', [...known, givenName])]
}

/** Profiles name gates and checks that there are. */
export function profileProblems(file: ProjectFile, source: YamlSource, names: Names): Problem[] {
  const known = [...names.gates, ...names.checks]
  return Object.entries(file.profiles).flatMap(([name, profile]) => {
    const [entries, path] = Array.isArray(profile) ? [profile, []] : [profile.gates, ['gates']]
    return entries.flatMap((entry, index): Problem[] => {
      if (known.includes(entry)) return []
      const note = didYouMean(entry, known)
      const place = source.place(['profiles', name, ...path, index])
      return [
        { title: `unknown gate "${entry}"`, place, ...(note && { note }), remedy: `gates: ${names.gates.join(', ')}` },
      ]
    })
  })
}

/** Waivers in good form that name a check; every other one is a problem: an exemption that is not understood must not be passed over. */
export function readWaivers(
  values: readonly unknown[],
  source: YamlSource,
  names: Names,
  problems: Problem[],
): Project['waivers'] {
  const waivers = values.flatMap((value, index) => {
    const path = ['waivers', index]
    const parsed = waiverSchema.safeParse(value, { reportInput: true })
    if (parsed.success) return [{ ...parsed.data, place: source.place([...path, 'check']) }]
    problems.push(...schemaProblems(parsed.error.issues, waiverSchema, source, { base: path }))
    return []
  })
  const seen = new Set<string>()
  for (const waiver of waivers) problems.push(...waiverProblems(waiver, names, seen))
  return waivers
}

function waiverProblems(
  waiver: Waiver & { place: Problem['place'] & object },
  names: Names,
  seen: Set<string>,
): Problem[] {
  const { check, place } = waiver
  if (seen.has(check)) return [{ title: `two waivers for ${check}`, place, remedy: 'keep one' }]
  seen.add(check)
  if (names.checks.includes(check)) return []
  const note = didYouMean(check, names.checks)
  return [
    {
      title: `waiver for an unknown check "${check}"`,
      place,
      ...(note && { note }),
      remedy: 'name a check as gate/check, or remove the waiver',
    },
  ]
}
