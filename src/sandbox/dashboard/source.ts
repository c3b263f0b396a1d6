import { authenticate } from '../../stripe/protocol/auth.ts'
import type { Answers } from './answers.ts'
import { maskText } from './mask.ts'
import type { Source } from './view.ts'

/** What the dashboard shows of a server whose key the caller has. A key that the sandbox refuses (a live one) opens no account of its own. */
export function sourceOf(server: Source['server'], answers: Answers, apiKey: string): Source {
  return { server, answers, own: accountOf(apiKey), key: maskText(apiKey) }
}

function accountOf(apiKey: string): string {
  try {
    return authenticate(`Bearer ${apiKey}`).account
  } catch {
    return 'acct_0'
  }
}
