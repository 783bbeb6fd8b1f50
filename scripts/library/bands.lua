---@meta

-- bands.lua - Bands
--
-- Where chance decides who is taken (`drawn` in a step), one answer is one of many. A breakdown over repeated draws tells how far
-- they lie apart. [taking.md](taking.md) tells how numbers are drawn.

---@class dk.Breakdown
local breakdown = {}

--- What is drawn, and told of the draws.
---@class dk.BandsOptions
--- How many; 1000 without it.
---@field draws? integer
--- Shares of the draws, 0 to 1; 0.025, 0.5 and 0.975 without it.
---@field quantiles? number|number[]
--- Values of parameters, of the scenario and of the breakdown.
---@field params? dk.Params

--- The result over repeated draws of a scenario: for each measure M the columns `M_mean`, `M_sd` and, for each quantile, `M_q50`
--- (`M_q2_5` of 0.025): the least value that so large a share of the draws does not exceed, one that occurred.
---
--- The first draw is the one that `compare` shows. Rows are the groups of all draws; where a draw lacks one, counts are 0 in it. Each
--- draw has random numbers of its own, which are the same on every machine and for any number of threads.
---
--- ```lua
--- local persons = dk.table { { "in_sonar", { false } }, { "n", { 1994 } } }:with { weight = "n" }
--- local known = dk.breakdown { measures = "bekend = count() where in_sonar" }
--- local outreach = dk.scenario "outreach" {
---   { "register the unknown", where = "not in_sonar", share = 0.3, drawn = true, set = { in_sonar = true } } }
--- print(known:bands(persons, outreach, { draws = 2000 }))
--- ```
--- ```text
--- bekend_mean  bekend_sd  bekend_q2_5  bekend_q50  bekend_q97_5
---        real       real      integer     integer       integer
--- ─────────────────────────────────────────────────────────────
---    598.6045    21.1503          558         599           642
--- 1 row, 5 columns
--- register the unknown: drawn at random, with seed 0
--- ```
---@param base dk.Table
---@param scenario dk.Scenario with a step that is drawn
---@param options? dk.BandsOptions
---@return dk.Table
function breakdown:bands(base, scenario, options) end
