-- help.lua - pages of dk.help: of functions with and without options, methods, objects, classes, options and names that
-- several go by.

local persons = dk.table { { "gemeente", { "Arnhem" } }, { "leeftijd", { 24 } } }

local function show(title, ...)
  print(("=== %s"):format(title))
  dk.help(...)
  print()
end

show "help()"
show("help(dk.read)", dk.read)
show("help(t.where)", persons.where)
show("help 't:where'", "t:where")
show("help 'dk.apportion'", "dk.apportion")
show("help 'breakdown'", "breakdown")
show("help(t.leeftijd)", persons.leeftijd)
show("help(dk.codes(...))", dk.codes "1 = ja")
show("help 'with'", "with")
show("help 'quantile'", "quantile")
show("help 'dk.Key'", "dk.Key")
show("help 'SampleSpec'", "SampleSpec")
show("help 'multiple'", "multiple")
show("help(dk.null)", dk.null)
