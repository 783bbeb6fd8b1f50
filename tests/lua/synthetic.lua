-- synthetic.lua - the generator of synthetic persons: the published counts to the person, the rest by stated rules.

local test = ...

-- As the publication prints them: kolom_1 to kolom_4 per municipality. The unknown by largest remainder, by hand:
-- 1994 * 2983 / 5682 = 1046.83, 64.57, 87.38, 129.49, 145.64, 244.25, 0, 71.59, 204.24; the four largest fractions
-- (.83, .64, .59, .57) get the persons that are left.
local PUBLISHED = {
  { "Arnhem", 12, 724, 1758, 489, unknown = 1047 },
  { "Doesburg", 10, 51, 89, 34, unknown = 65 },
  { "Duiven", 7, 54, 135, 53, unknown = 87 },
  { "Lingewaard", 7, 72, 201, 89, unknown = 129 },
  { "Overbetuwe", 4, 97, 231, 83, unknown = 146 },
  { "Rheden", 6, 142, 419, 129, unknown = 244 },
  { "Westervoort", 4, 49, 106, 45, unknown = 72 },
  { "Zevenaar", 12, 133, 324, 113, unknown = 204 },
}

local function generate(t, seed, body)
  local folder = t.path "synthetic"
  assert(os.execute("mkdir " .. folder))
  local ok = os.execute(("lua5.4 %ssynthetic.lua %s %s"):format(t.data, folder, seed))
  local register, sonar = t.read(folder .. "/register.csv"), t.read(folder .. "/sonar.csv")
  local readme = t.read(folder .. "/README.txt")
  os.execute("rm -r " .. folder)
  t.ok(ok and register and sonar, "the generator failed")
  return body and body(register, sonar, readme) or register .. sonar
end

local function linked(dk, register, sonar)
  return dk.read_text(register):link(dk.read_text(sonar), "pseudoniem",
    { as = "in_sonar", columns = { "kolom", "klantprofiel", "zichtbaar" } })
end

for _, seed in ipairs { "", "7" } do
  test(("every published count is there to the person, seed '%s'"):format(seed), function(t, dk)
    generate(t, seed, function(register, sonar)
      local persons = linked(dk, register, sonar)
      t.eq(#persons, 7676)
      t.eq(#persons:where "in_sonar", 5682)
      t.eq(#persons:where "not in_sonar", 1994)
      t.eq(#dk.read_text(sonar), 5682)
      for _, row in ipairs(PUBLISHED) do
        local here = persons:where("gemeente == $g", { g = row[1] })
        for kolom = 1, 4 do
          t.eq(#here:where("kolom == $k", { k = "kolom_" .. kolom }), row[kolom + 1], row[1] .. " kolom_" .. kolom)
        end
        t.eq(#here:where "not in_sonar", row.unknown, row[1] .. " unknown")
      end
      t.eq(#persons.gemeente:levels(), 8) -- nobody in Rozendaal
    end)
  end)
end

test("pseudonyms are sixteen hexadecimal digits, each once", function(t, dk)
  generate(t, "", function(register, sonar)
    local seen, n = {}, 0
    for row in dk.read_text(register, { types = { pseudoniem = "text" } }):rows() do
      t.ok(row.pseudoniem:find "^%x%x%x%x%x%x%x%x%x%x%x%x%x%x%x%x$", row.pseudoniem)
      t.ok(not seen[row.pseudoniem], row.pseudoniem)
      seen[row.pseudoniem], n = true, n + 1
    end
    t.eq(n, 7676)
    for row in dk.read_text(sonar, { types = { pseudoniem = "text" } }):rows() do
      t.ok(seen[row.pseudoniem], row.pseudoniem)
      seen[row.pseudoniem] = false
    end
  end)
end)

test("classes fit ages, and only who has a profile is visible", function(t, dk)
  generate(t, "", function(register, sonar)
    local persons = linked(dk, register, sonar)
    t.eq(#persons:where "leeftijdsklasse == '18-26' and leeftijd between 18 and 26", 2100)
    t.eq(#persons:where "leeftijdsklasse == '27-49' and leeftijd between 27 and 49", 3418)
    t.eq(#persons:where "leeftijdsklasse == '50-66' and leeftijd between 50 and 66", 2158) -- 7676 in all
    t.eq(#persons:where "zichtbaar and not klantprofiel", 0)
    t.eq(#persons:where "not in_sonar and klantprofiel is not null", 0)
    t.eq(#persons:where "in_sonar and klantprofiel is null", 0)
  end)
end)

test("one seed gives the same bytes, another gives others", function(t)
  local first = generate(t, "11")
  t.ok(first == generate(t, "11"))
  t.ok(first ~= generate(t, "12"))
end)

test("what is beside the files says that nobody in them exists", function(t)
  generate(t, "11", function(_, _, readme) t.has(readme, "synthetic", "Nobody", "seed 11", "7676", "5682") end)
end)

test("a wrong folder or seed is one message and status 1", function(t)
  for _, words in ipairs { "", "/no/such/folder", ". x", ". 1.5" } do
    local errors = t.path "errors"
    local command = ("lua5.4 %ssynthetic.lua %s 2>%s"):format(t.data, words, errors)
    local ok, how, code = os.execute(command)
    t.eq({ ok == true, how, code }, { false, "exit", 1 }, words)
    t.eq(select(2, t.read(errors):gsub("\n", "")), 1, words)
  end
end)
