/** Shapes of commands that write for certain; what a program of the user does inside cannot be known. */
const shapes: readonly { pattern: RegExp; why: string }[] = [
  {
    pattern:
      /\bcurl\b[^|;&]*\s(?:(?:-X|--request)[\s=]*(?:POST|PUT|PATCH|DELETE)\b|-d\b|--data|--json|-F\b|--form|-T\b|--upload-file)/,
    why: 'curl with a writing method',
  },
  { pattern: /\bwget\b[^|;&]*\s--(?:post|body|method=(?:POST|PUT|PATCH|DELETE))/, why: 'wget with a writing method' },
  {
    pattern:
      /\b(?:psql|mysql|mariadb|sqlite3)\b[\s\S]*\b(?:insert\s+into|update\s+\S+\s+set|delete\s+from|truncate|drop\s+\w+|alter\s+\w+|create\s+\w+)\b/i,
    why: 'a writing statement',
  },
  {
    pattern: /\bredis-cli\b[^|;&]*\s(?:set|del|incr|decr|flushall|flushdb|lpush|rpush|hset|expire|rename|unlink)\b/i,
    why: 'a writing Redis command',
  },
  { pattern: /(?:^|[;&|]\s*)(?:sudo\s+)?(?:rm|mv|truncate|mkfs\S*|dd|shred)\s/, why: 'it changes files' },
]

/** Why a command certainly writes, or undefined. */
export const writingCommand = (command: string): string | undefined =>
  shapes.find(({ pattern }) => pattern.test(command))?.why
