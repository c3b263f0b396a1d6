import type { CatalogueDiff, FieldChange, Moved, ShapeChange } from './compare.ts'

/** The difference for people, one line each: `+` came, `-` went, `~` is otherwise. */
export function renderDiff(diff: CatalogueDiff): string {
  const { from, to } = diff
  const lines = [
    `stripe ${from.stripe} (${from.api}) -> ${to.stripe} (${to.api})`,
    ...section('Operations', renderMoved(diff.operations)),
    ...section('Parameters', renderShapes(diff.params)),
    ...section('Objects', renderMoved(diff.objects)),
    ...section('Fields', renderShapes(diff.fields)),
    ...section('Events', renderMoved(diff.events)),
  ]
  return lines.length === 1 ? `${lines[0]}\n\nNo differences.` : lines.join('\n')
}

const section = (title: string, lines: string[]): string[] => (lines.length === 0 ? [] : ['', title, ...lines])

const renderMoved = ({ added, removed }: Moved): string[] => [
  ...added.map((name) => `  + ${name}`),
  ...removed.map((name) => `  - ${name}`),
]

function renderShapes(shapes: Record<string, ShapeChange>): string[] {
  return Object.entries(shapes).flatMap(([name, { added, removed, changed }]) => [
    `  ${name}`,
    ...added.map((path) => `    + ${path}`),
    ...removed.map((path) => `    - ${path}`),
    ...changed.map((change) => `    ~ ${renderField(change)}`),
  ])
}

function renderField({ path, kind, required, deprecated, values }: FieldChange): string {
  const parts = [
    ...(kind ? [`${kind[0]} -> ${kind[1]}`] : []),
    ...(required ? [required[1] ? 'required now' : 'optional now'] : []),
    ...(deprecated ? ['deprecated'] : []),
    ...(values?.added ?? []).map((value) => `+${value}`),
    ...(values?.removed ?? []).map((value) => `-${value}`),
  ]
  return `${path}: ${parts.join(', ')}`
}
