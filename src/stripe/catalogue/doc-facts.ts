/** What only the doc comment of a member says, see `refineCode`. */
const facts = {
  timestamp: /unix (?:epoch|timestamp)/i,
  milliseconds: /milliseconds/i,
  /** A limit that is enforced; "longer than 22 is truncated" is not one. */
  length: /(?:up to|at most|maximum(?: length[^.]{0,20})?|max(?: length)?[,:]?) \*?([\d,]+) (?:[a-z]+ )?characters/i,
  deprecated: '@deprecated',
}

/** Numbers whose names tell that fractions are fine; every other number of the API is an integer. */
const fractional =
  /percent|(?:^|_)rate(?:$|_)|latitude|longitude|weight|height|^length|width|odometer|score|destination_duration/

/** Makes the code of a number or string more exact from its name and doc comment: `n` to `t` or `f`, `s` to `s500`. */
export function refineCode(code: string, name: string, doc: string, isParameter: boolean): string {
  const refined = refinePlain(code, name, doc, isParameter)
  return doc.includes(facts.deprecated) ? `${refined}!` : refined
}

function refinePlain(code: string, name: string, doc: string, isParameter: boolean): string {
  if (/^n[~^]*$/.test(code)) {
    if (facts.timestamp.test(doc) && !facts.milliseconds.test(doc)) return `t${code.slice(1)}`
    return fractional.test(name) ? `f${code.slice(1)}` : code
  }
  if (!isParameter || !/^s[~^]*$/.test(code)) return code
  const length = facts.length.exec(doc.replace(/\s*\n\s*\*\s*/g, ' '))?.[1]?.replaceAll(',', '')
  return length ? `s${length}${code.slice(1)}` : code
}
