import type { CheckDefinition } from '../checks/define.ts'
import type { Place, Problem } from '../kernel/errors.ts'
import { maskSecretLiterals } from '../kernel/secret-literals.ts'
import { didYouMean } from '../kernel/suggest.ts'
import { qualified } from './build.ts'
import type { RawGate } from './gate-files.ts'
import { orderByNeeds } from './order.ts'
import { type Check, checkName, type Gate, gatesBefore } from './project.ts'
import { templateRoots } from './schema.ts'
import { parseTemplate, templatesIn } from './template.ts'

/** Names as they stand in the files, whether or not what they name is in order: one mistake must not look like two. */
export interface Names {
  gates: string[]
  checks: string[]
}

export function namesOf(raws: readonly RawGate[]): Names {
  const checks = raws.flatMap(({ id, checks }) =>
    checks.map(({ value }) => `${id}/${String((value as { id?: unknown })?.id)}`),
  )
  return { gates: raws.map(({ id }) => id), checks }
}

/** Ids, keys and folders that occur twice. */
export function duplicateProblems(gates: readonly Gate[]): Problem[] {
  const checks = gates.flatMap((gate) => gate.checks)
  return [
    ...repeated(gates, (gate) => gate.id, 'gate', 'give each gate its own id'),
    ...repeated(checks, checkName, 'check', 'give each check of a gate its own id'),
    ...repeated(gates, (gate) => gate.key, 'key', 'two gates would share a key in tests.json'),
    ...repeated(gates, (gate) => gate.outDir, 'output folder', 'two gates would overwrite each other'),
  ].filter((problem, index, all) => all.findIndex((other) => other.place === problem.place) === index)
}

function repeated<T extends { place: Place }>(
  items: readonly T[],
  key: (item: T) => string,
  what: string,
  remedy: string,
): Problem[] {
  const first = new Map<string, T>()
  return items.flatMap((item) => {
    const other = first.get(key(item))
    first.set(key(item), other ?? item)
    if (!other) return []
    const note = `first in ${other.place.file}:${other.place.line}`
    return [{ title: `duplicate ${what} "${key(item)}"`, place: item.place, note, remedy }]
  })
}

/** Needs of gates and checks: each must exist, and none may go in a circle. */
export function needProblems(raws: readonly RawGate[], gates: readonly Gate[], names: Names): Problem[] {
  const ofGates = raws.flatMap(({ id, file, source, path }) =>
    file.needs.flatMap((need, index) =>
      unknownName('gate', need, names.gates, source.place([...path, 'needs', index]), id),
    ),
  )
  const ofChecks = gates.flatMap((gate) => gate.checks).flatMap((check) => checkNeedProblems(check, names))
  return [...ofGates, ...ofChecks, ...cycleProblems(gates)]
}

function checkNeedProblems(check: Check, names: Names): Problem[] {
  const written = check.source.value as { needs?: unknown } | undefined
  const raw = check.path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown>)[key], written)
  const needs = ((raw as { needs?: unknown[] }).needs ?? []).map(String)
  return needs.flatMap((need, index) => {
    const place = check.source.place([...check.path, 'needs', index])
    return unknownName('check', qualified(need, check.gate), names.checks, place, checkName(check))
  })
}

function unknownName(what: string, name: string, known: readonly string[], place: Place, self: string): Problem[] {
  if (name === self) return [{ title: `${what} "${name}" needs itself`, place, remedy: 'remove this need' }]
  if (known.includes(name)) return []
  const note = didYouMean(name, known)
  return [
    {
      title: `unknown ${what} "${maskSecretLiterals(name)}"`,
      place,
      ...(note && { note }),
      remedy: `${what}s: ${known.join(', ')}`,
    },
  ]
}

function cycleProblems(gates: readonly Gate[]): Problem[] {
  const checks = gates.flatMap((gate) => gate.checks)
  const found = [
    {
      cycle: orderByNeeds(gates, (gate) => gate.id, gatesBefore).cycle,
      items: gates.map((each) => [each.id, each.place] as const),
    },
    {
      cycle: orderByNeeds(checks, checkName, (check) => check.needs).cycle,
      items: checks.map((each) => [checkName(each), each.place] as const),
    },
  ]
  return found.flatMap(({ cycle, items }) => {
    if (!cycle || cycle.length < 3) return []
    const place = items.find(([id]) => id === cycle[0])?.[1]
    return [
      {
        title: `needs go in a circle: ${cycle.join(' -> ')}`,
        ...(place && { place }),
        remedy: 'remove one of these needs',
      },
    ]
  })
}

/** Templates must name something there is; whether it has a value is seen when the plan is made and when the check runs. */
export function templateProblems(check: Check, definition: CheckDefinition, names: Names): Problem[] {
  return templatesIn(check.options).flatMap(({ root, text, path }): Problem[] => {
    const place = check.source.place([...check.path, ...path])
    const literal = 'for a literal ${ write $${'
    if (!parseTemplate(text)) {
      return [
        {
          title: `"\${${maskSecretLiterals(text)}}" is no template`,
          place,
          remedy: `write \${name.value}; ${literal}`,
        },
      ]
    }
    if (([...templateRoots, ...(definition.templates ?? [])] as string[]).includes(root)) return []
    const name = qualified(root, check.gate)
    if (name === checkName(check)) {
      return [{ title: `"\${${text}}" reads the check's own export`, place, remedy: 'name another check' }]
    }
    if (names.checks.includes(name)) return []
    const near = names.checks
      .filter((each) => each.startsWith(`${check.gate}/`))
      .map((each) => each.slice(check.gate.length + 1))
    const note = didYouMean(root, [...templateRoots, ...near, ...names.checks])
    return [
      {
        title: `unresolved template "\${${text}}"`,
        place,
        ...(note && { note }),
        remedy: `a template begins with ${templateRoots.join(', ')} or the id of a check; ${literal}`,
      },
    ]
  })
}
