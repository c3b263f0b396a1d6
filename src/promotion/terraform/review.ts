import { type Judged, mergeJudged, type Reviewed, type Rule } from './judged.ts'
import { judgeActions, judgeDrift, judgeExceptions, judgeStateful, noteSideEffects } from './rules/changes.ts'
import { judgeAge, judgeChecks, judgeCompleteness, judgeFloor, judgePlace } from './rules/document.ts'
import { judgeSensitivity } from './rules/keys.ts'
import { judgeValues } from './rules/values.ts'

const rules: readonly Rule[] = [
  judgeCompleteness,
  judgeActions,
  judgeStateful,
  judgeExceptions,
  judgeValues,
  judgeSensitivity,
  judgeChecks,
  judgeDrift,
  judgeAge,
  judgePlace,
  judgeFloor,
  noteSideEffects,
]

/** Reads a plan as a careful colleague would; every rule has its say, so that one finding hides no other. */
export const reviewPlan = (reviewed: Reviewed): Judged => mergeJudged(rules.map((rule) => rule(reviewed)))
