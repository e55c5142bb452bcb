// One round after another of the same requests, for benchmarks/peers.py: JSON in, JSON out.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'

const require = createRequire(process.argv[2] + '/')
const { runSimulation } = require('@cloud-copilot/iam-simulate')
const given = JSON.parse(readFileSync(0, 'utf8'))
const named = (documents) => documents.map((policy, index) => ({ name: `policy${index}`, policy }))

const simulations = given.requests.map(({ principal, action, resource }) => ({
  identityPolicies: named(given.identity),
  permissionBoundaryPolicies: given.boundary.length ? named(given.boundary) : undefined,
  serviceControlPolicies: given.scps.map((level, index) => ({
    orgIdentifier: `ou-${index}`,
    policies: named(level),
  })),
  resourceControlPolicies: [],
  request: {
    principal,
    action,
    resource: { resource, accountId: given.account },
    contextVariables: {},
  },
}))

const once = async () => {
  const allowed = []
  for (const simulation of simulations) {
    const answer = await runSimulation(simulation, {})
    if (answer.resultType === 'error') throw new Error(JSON.stringify(answer.errors))
    allowed.push(answer.overallResult === 'Allowed')
  }
  return allowed
}

const allowed = await once()
const seconds = []
for (let round = 0; round < given.rounds; round++) {
  const begun = process.cpuUsage()
  await once()
  const used = process.cpuUsage(begun)
  seconds.push((used.user + used.system) / 1e6)
}
seconds.sort((one, other) => one - other)
const median = seconds[Math.floor(seconds.length / 2)]
console.log(JSON.stringify({ allowed, per_second: simulations.length / median }))
