-- blocks.lua - blocks of rows: column by column as lists, row by row, and dead when their turn is over.

local test = ...

local function numbers(dk, n)
  local list, names = {}, {}
  for i = 1, n do
    list[i] = i % 5 == 0 and dk.null or i
    names[i] = "g" .. i % 3
  end
  return dk.table { { "n", list }, { "naam", names } }
end

test("blocks cover all rows, in their order", function(t, dk)
  local data, at, sum, seen = numbers(dk, 10000), 1, 0, {}
  for b in data:blocks() do
    t.eq(b:first(), at)
    local n, naam = b.n, b:column "naam"
    for i = 1, #b do
      sum = sum + (n[i] or 0)
      seen[naam[i]] = (seen[naam[i]] or 0) + 1
      t.ok((n[i] == nil) == ((at + i - 1) % 5 == 0))
    end
    at = at + #b
  end
  t.eq(at, 10001)
  t.eq(sum, 40000000) -- 50005000 without 5 + 10 + ... + 10000
  t.eq(seen, { g0 = 3333, g1 = 3334, g2 = 3333 })
end)

test("a block has rows as records, as rows() gives them", function(t, dk)
  local data, list = numbers(dk, 7), {}
  for b in data:blocks() do
    for i = 1, #b do
      list[#list + 1] = b:row(i)
    end
    t.has(tostring(b), "block of rows 1 to 7")
  end
  t.eq(list, t.records(data))
end)

test("every type comes as rows() gives it", function(t, dk)
  local data = dk.table({
    { "b", { true, dk.null } }, { "d", { "2024-12-31", dk.null } }, { "x", { 0.5, dk.null } }, { "r", { 0.5, dk.null } },
    { "s", { { "a", "b" }, dk.null } }, { "t", { "tekst", dk.null } }, { "m", { "2024-03", dk.null } },
    { "i", { { least = 0, greatest = 4 }, dk.null } }, { "c", { 7, 7 } },
  }, { types = { d = "date", r = "real", t = "text", m = "month" } }):derive { "q = x / 3", "vast = 'altijd'" }
  for b in data:blocks() do
    for name in data:columns() do
      t.eq(b:column(name)[1], b:row(1)[name], name)
      t.eq(b:column(name)[2], b:row(2)[name], name)
    end
  end
end)

test("a block is over when the next one comes, and when the loop ends or is left", function(t, dk)
  local data, kept, list = numbers(dk, 10000), nil, nil
  for b in data:blocks() do
    if kept then
      t.raises(function() return kept.n end, "this block is over", "keep lists")
    end
    kept, list = b, list or b.n
  end
  t.raises(function() return kept.n end, "this block is over")
  t.raises(function() return #kept end, "this block is over")
  t.raises(function() return kept:row(1) end, "this block is over")
  t.raises(function() return kept:first() end, "this block is over")
  t.eq(tostring(kept), "block that is over")
  t.eq(list[1], 1) -- a list is the script's own
  local left
  for b in data:blocks() do
    left = b
    if #b > 0 then break end
  end
  t.says(function() return left.n end,
    "this block is over, and other rows stand in its place (keep lists such as b.leeftijd, not b)")
  local failed
  pcall(function()
    for b in data:blocks() do
      failed = b
      error "x"
    end
  end)
  t.raises(function() return failed.n end, "this block is over")
end)

test("what a block has not is an error that says what it has", function(t, dk)
  for b in numbers(dk, 3):blocks() do
    t.raises(function() return b.nam end, "the block has no column 'nam' (did you mean 'naam'?)")
    t.raises(function() return b[1] end, "a block is indexed by the name of a column, not by a number", "b:row(i)")
    t.raises(function() return b:row(4) end, "argument 1 must be the number of a row of the block, 1 to 3")
    t.raises(function() return b:row(0) end, "1 to 3")
    t.raises(function() b.n = {} end, "a block only shows rows of a table, and a table never changes")
    t.raises(function() return b.row({}, 1) end, "argument 1 must be a block")
  end
end)

test("a table without rows has no blocks, and blocks of a closed table end", function(t, dk)
  local n = 0
  for _ in dk.table({}, { columns = { "a" } }):blocks() do
    n = n + 1
  end
  t.eq(n, 0)
  local data = numbers(dk, 3)
  for b in data:rows() do
    t.ok(b.naam)
  end
  local next_block = data:blocks()
  t.eq(#next_block(), 3)
  t.eq(next_block(), nil)
  t.eq(next_block(), nil)
end)

test("blocks free what they hold", function(t, dk)
  local data = numbers(dk, 5000)
  collectgarbage()
  collectgarbage()
  local before = dk.memory()
  for _ = 1, 50 do
    for b in data:blocks() do
      if b.n[1] then break end
    end
    data:blocks()()
  end
  collectgarbage()
  collectgarbage()
  t.eq(dk.memory() - before, 0)
end)
