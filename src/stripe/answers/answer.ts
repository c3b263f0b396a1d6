import type { OperationContext, RawAnswer } from '../define.ts'
import { emptyPdf } from '../protocol/pdf.ts'
import { answerAction, answerUpdate } from './change.ts'
import { answerCreate } from './create.ts'
import { answerList } from './list.ts'
import { answerRemove } from './remove.ts'
import { answerRetrieve } from './retrieve.ts'
import { needHolders, type Run } from './run.ts'
import { answerSearch } from './search.ts'
import { answerSingleton } from './singleton.ts'

const answers = {
  list: answerList,
  search: answerSearch,
  create: answerCreate,
  retrieve: answerRetrieve,
  update: answerUpdate,
  delete: answerRemove,
  action: answerAction,
  singleton: answerSingleton,
} as const

/** Answers an operation: by its resource file where it has a say, else by what its kind does. */
export function answer(run: Run): object {
  const { own } = run.endpoint
  if (own) return own(Object.assign(run.context, { params: run.params, path: run.path }) as unknown as OperationContext)
  if (!run.resource) run.markGeneric()
  if (run.operation.streaming) return answerBytes(run)
  return answers[run.operation.kind](run)
}

function answerBytes(run: Run): RawAnswer {
  needHolders(run)
  return { contentType: 'application/pdf', body: emptyPdf(run.operation.sdk) }
}
