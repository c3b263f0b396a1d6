import type { RunRecord } from '../kernel/record.ts'

type Variables = Record<string, string | undefined>

/** Where a run takes place, from what CI systems say about themselves. */
export function describeHost(variables: Variables): RunRecord['host'] {
  const ci = ciOf(variables)
  return {
    ...(ci && { ci: ci.name }),
    ...(ci?.runUrl && { runUrl: ci.runUrl }),
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
  }
}

function ciOf(env: Variables): { name: string; runUrl?: string | undefined } | undefined {
  if (env.GITHUB_ACTIONS) {
    const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: id } = env
    return {
      name: 'github',
      runUrl: server && repository && id ? `${server}/${repository}/actions/runs/${id}` : undefined,
    }
  }
  if (env.GITLAB_CI) return { name: 'gitlab', runUrl: env.CI_JOB_URL }
  if (env.BUILDKITE) return { name: 'buildkite', runUrl: env.BUILDKITE_BUILD_URL }
  if (env.CIRCLECI) return { name: 'circleci', runUrl: env.CIRCLE_BUILD_URL }
  if (env.JENKINS_URL) return { name: 'jenkins', runUrl: env.BUILD_URL }
  return env.CI ? { name: 'ci' } : undefined
}
