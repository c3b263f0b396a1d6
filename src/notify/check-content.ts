import type { Content, ContentContext } from './content/define.ts'
import { contentChecks } from './content/list.ts'

export interface ContentFinding {
  /** Name of the check. */
  check: string
  detail: string
}

/** All content checks over one message, or those named in `only`. Pure and offline. */
export function checkContent(
  content: Content,
  context: Partial<ContentContext> = {},
  only?: readonly string[],
): ContentFinding[] {
  const full: ContentContext = { mode: 'test', allowedHosts: [], ...context }
  return Object.values(contentChecks)
    .filter(({ name }) => only === undefined || only.includes(name))
    .flatMap(({ name, check }) => check(content, full).map((detail) => ({ check: name, detail })))
}
