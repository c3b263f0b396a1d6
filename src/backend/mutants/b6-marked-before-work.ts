import { defineMutant } from './define.ts'
import { beforeWork, story } from './support/story.ts'

export const b6 = defineMutant({
  id: 'B6',
  defect: 'B6',
  summary: 'an event counts as done before its work is done',
  apply(target) {
    const done = new Set<string>()
    beforeWork(target, ({ id }, mine) => {
      mine.isFresh = !done.has(id)
      done.add(id)
    })
    const { transaction } = target.backend.database
    target.backend.database.transaction = (work) =>
      story().isFresh === false
        ? Promise.resolve({ outcome: 'repeated', answer: { status: 'updated' } } as never)
        : transaction(work)
  },
})
