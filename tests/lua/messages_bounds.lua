-- messages_bounds.lua - what is said of numbers in bounds and of rates that cannot be, whole.

local test = ...

local function counts(dk)
  return dk.read_text("g;n\nA;120\nB;x\n", { types = { g = "category", n = { "interval",
    markers = { x = { "suppressed", 0, 4 } }, rounded = 10 } } })
end

test("what markers may be", function(t, dk)
  local function read(options, message)
    t.raises(function() dk.read_text("n\n1\n", { types = { n = options } }) end, message)
  end
  read({ "interval", markers = "x" }, ": markers are a table such as { x = \"suppressed\" }, not a string")
  read({ "interval", markers = { "x" } }, ": a marker is a string: [\"1\"] = ...")
  read({ "interval", markers = { [""] = "suppressed" } }, ": a field without text is null, and no marker")
  read({ "interval", markers = { x = "hidden" } }, ": the marker \"x\": ")
  read({ "interval", markers = { x = { "suppressed", 0, 1e15 }, y = { "suppressed", 0, 0.000001 } } },
    ": the bounds of the markers have more than 18 digits together")
  t.raises(function() dk.table { { n = { least = 1, greatest = 2, marker = "x" } } } end,
    "an interval has a marker and its meaning, or neither: { marker = \"x\", meaning = \"suppressed\" }")
  t.raises(function() dk.read_text("n\n1\nveel\n", { types = { n = "interval" } }) end,
    "say what it means: markers = { [\"veel\"] = \"suppressed\" }, \"unavailable\" or \"impossible\"; 120, 115..125 and "
    .. "3.. are read")
end)

test("numbers in bounds of too many digits", function(t, dk)
  t.raises(function() dk.read_text("n\n1.234567890123456789\n1234567890123456\n", { types = { n = "interval" } }) end,
    "in column \"n\" has bounds of more digits than fit",
    "bounds of a column have 18 digits together; read it as text, and round it")
  t.raises(function() dk.read_text("n\n1.25\n", { types = { n = "interval(1)" } }) end,
    "a value in column \"n\" has more digits than the 1 that are stated")
end)

test("what bounds do not tell", function(t, dk)
  local data = counts(dk)
  t.raises(function() data:where "n in (1, 2)" end, "in is not known of numbers in bounds", "write x == 1 or x == 2")
  t.raises(function() data:derive "m = n + real('0.5')" end, "interval and real do not go together",
    "round(x, 6) is the nearest decimal")
  t.raises(function() data:breakdown { by = "n", measures = "k = count()" } end,
    "this is known in bounds only, which tell no groups apart", "group by what is known of it, such as greatest(x) < 5")
  t.raises(function() data:window { within = "n", order = "g", "k = rank()" } end,
    "group by what is known, such as greatest(n) < 5")
end)

test("means of rates and shares", function(t, dk)
  local data = dk.read_text "g;n\nA;1\nB;3\n"
  local shares = data:breakdown { by = "g", measures = { "k = sum(n)", "deel = k / all(k)", "twee = k / (k + k)" } }
  t.raises(function() shares:breakdown { measures = "m = mean(deel)" } end,
    "the mean of rates is not the rate of all together",
    "sum(deel) adds up shares of one whole; sum(numerator(deel)) / sum(denominator(deel)) is that of all")
  local path = os.tmpname()
  shares:select { "g", "deel" }:save(path)
  t.raises(function() dk.table({ { g = "C", deel = 0.5 } }):derive { "deel = deel / 1" }:save(path, { append = true }) end,
    "divide two columns of counts in a breakdown, which keeps both")
  os.remove(path)
end)

test("figures in bounds beside a table", function(t, dk)
  local data = dk.read_text "r;g;n\nX;A;1\nX;B;3\n"
  local beside = data:attach(dk.table { { r = "X", register = 8 } }, "r")
  t.raises(function()
    beside:breakdown { by = { "r", "g" }, measures = { "k = mean(n)", "b = attached(register, 'bounds', k)" } }
  end, "those who are surely among a figure's are a count or a sum",
    "attached(register, 'bounds', bekend), where bekend is a measure such as count() where ...")
  local many = dk.read_text "r;g;n\nX;A;900000000000000000\nX;B;900000000000000000\n"
  t.raises(function()
    many:attach(dk.table { { r = "X", register = math.maxinteger } }, "r"):breakdown { by = { "r", "g" },
      measures = { "k = sum(n)", "b = attached(register, 'estimate', k)" } }
  end, "these numbers are too large for bounds")
  t.raises(function()
    many:attach(dk.table { { r = "X", register = 1 } }, "r"):breakdown { by = "r",
      measures = { "k = sum(n)", "b = k / attached(register, 'bounds', k)" } }
  end, "a bound of the result does not fit in 64 bits")
end)
