/**
 * As many of the pieces as fit into so many bytes of UTF-8, in order, and then how many were left out: `more` makes that last line.
 * A summary that is too long is dropped whole by GitHub, which would hide the failures it was to show.
 */
export function fitBytes(pieces: readonly string[], budget: number, more: (left: number) => string): string {
  const kept: string[] = []
  let used = Buffer.byteLength(more(pieces.length)) + 1
  for (const piece of pieces) {
    used += Buffer.byteLength(piece) + 1
    if (used > budget) break
    kept.push(piece)
  }
  const left = pieces.length - kept.length
  return [...kept, ...(left > 0 ? [more(left)] : [])].join('\n').trimEnd()
}
