/** `module.db["eu"].aws_x.y[0]`: the dots inside brackets do not separate. */
function segmentsOf(text: string): string[] {
  return text.match(/(?:[^.[\]]|\[(?:"(?:[^"\\]|\\.)*"|[^\]"]*)\])+/g) ?? []
}

/** A segment of a pattern against a segment of an address; an index is only compared where the pattern names one. */
function fits(pattern: string, segment: string): boolean {
  const compared = pattern.includes('[') ? segment : segment.replace(/\[.*\]$/, '')
  const source = pattern
    .split('*')
    .map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'))
    .join('.*')
  return new RegExp(`^${source}$`).test(compared)
}

function match(pattern: readonly string[], segments: readonly string[]): boolean {
  const [first, ...rest] = pattern
  if (first === undefined) return segments.length === 0
  if (first === '**') {
    return match(rest, segments) || (segments.length > 0 && match(pattern, segments.slice(1)))
  }
  return segments.length > 0 && fits(first, segments[0]!) && match(rest, segments.slice(1))
}

/** `module.a.module.b.aws_x.y` without its modules. */
const withoutModules = (segments: string[]): string[] => {
  let rest = segments
  while (rest[0] === 'module' && rest.length > 2) rest = rest.slice(2)
  return rest
}

/**
 * Whether an address, or an address with an attribute's path behind it, fits a pattern. `*` is one segment or a part of one, `**` any number;
 * a pattern that names no module fits a resource in every module.
 */
export function matchesAddress(pattern: string, address: string): boolean {
  const wanted = segmentsOf(pattern)
  const segments = segmentsOf(address)
  if (match(wanted, segments)) return true
  return wanted[0] !== 'module' && match(wanted, withoutModules(segments))
}
