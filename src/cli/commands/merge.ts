import { defineCommand } from '../define.ts'

/** `gatekit merge --plan plan.json DIR…`: the verdict of a plan from the outputs of all its shards. */
export const merge = defineCommand({
  name: 'merge',
  summary: 'put the shards of a plan together and return the verdict; a missing or foreign shard is no pass',
  configure(command) {
    command
      .argument('<dirs...>', 'folders with the outputs of the shards, or folders of such folders')
      .requiredOption('--plan <file>', 'what gatekit plan has written')
      .option('--fail-on-flaky', 'passes that took more than one attempt fail')
      .option('--reporter <names>', 'also write junit, ctrf, github, markdown, tap, sarif (comma separated)')
      .option('--config <file>', 'a gatekit.yaml other than the nearest')
      .option('--json [file]', 'print the result as JSON, or write it to a file')
  },
  async run(context) {
    const { mergeRuns } = await import('../gate-run/merge.ts')
    return mergeRuns(context)
  },
})
