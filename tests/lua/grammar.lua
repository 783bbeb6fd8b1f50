-- grammar.lua - the grammar of docs/expressions.md, read from the page: what it makes is parsed, and what it does not make
-- is refused. Of what it makes only that is refused whose meaning the page takes away.

local test = ...

local random = math.random
local here = debug.getinfo(1, "S").source:match "^@(.*)/"
local ROUNDS = os.getenv "DEKKING_TEST_QUICK" and 300 or 5000

local KEYWORDS = {} -- names only between backquotes
for word in ("and or not in between is where true false null"):gmatch "%a+" do
  KEYWORDS[word] = true
end

local function is_word(token) return token:find "^[%a_\x80-\xff][%w_\x80-\xff]*$" and not KEYWORDS[token] end

-- Tokens of which the page tells the letters: some of each, and which tokens are one.
local LEXICAL = {
  word = { { "a", "één", "_x1", "count", "sum", "lower", "total", "date" }, is_word },
  name = { { "a", "één", "`in sonar`", "`a``b`", "`and`", "total" },
    function(token) return token:find "^`" or is_word(token) end },
  string = { { "'t'", '"it\'s"', "'\\u{e9}\\n'", "''" }, function(token) return token:find "^['\"]" end },
  integer = { { "0", "27" }, function(token) return token:find "^%d+$" end },
  decimal = { { "0.90", ".5", "12.0" }, function(token) return token:find "^%d*%.%d+$" end },
  real = { { "1e3", "2.5E-3", ".5e+1" }, function(token) return token:find "^%d*%.?%d+[eE][+-]?%d+$" end },
}

-- What messages say of a form without meaning.
local MEANINGLESS = {
  "this can be read in two ways", "nothing is equal to null", "there is no aggregate that this where could limit",
  "%(%) takes ", -- an aggregate, another number of arguments
}

-- What sentences are spoilt with: all that the language has, and some that it has not.
local TOKENS = {}
for token in ("== ~= < <= > >= + - * / // % .. ( ) { } , = ^ and or not in between is where null true"):gmatch "%S+" do
  TOKENS[#TOKENS + 1] = token
end
for _, lexical in pairs(LEXICAL) do
  table.move(lexical[1], 1, #lexical[1], #TOKENS + 1, TOKENS)
end

-- The rules of the page: trees of { "text" or "rule", what } and of { "all", "one", "maybe" or "often", node ... }.
local function read_grammar(page)
  local rules, last = {}, nil
  for line in page:match "```plain\n(text .-)```":gmatch "[^\n]+" do
    local name, rest = line:match "^(%a+) +=(.*)$"
    last = name or last
    rules[last] = (rules[last] or "") .. (rest or line)
  end
  for name, text in pairs(rules) do
    local at = 1
    local function sign(wanted)
      local behind = select(2, text:find("^%s*%" .. wanted, at))
      at = behind and behind + 1 or at
      return behind
    end
    local one
    local function part()
      for kind, ends in pairs { one = "()", maybe = "[]", often = "{}" } do
        if sign(ends:sub(1, 1)) then
          local inside = one()
          assert(sign(ends:sub(2)), text)
          return { kind, inside }
        end
      end
      local quoted, after = text:match('^%s*"([^"]+)"()', at)
      if quoted then
        at = after
        return { "text", quoted }
      end
      local rule, behind = text:match("^%s*(%a+)()", at)
      at = behind or at
      return rule and { "rule", rule }
    end
    local function all()
      local node = { "all" }
      repeat
        node[#node + 1] = part()
      until not text:find("^%s*[%w\"{[(]", at)
      return node
    end
    function one()
      local node = { "one" }
      repeat
        node[#node + 1] = all()
      until not sign "|"
      return node
    end
    if not LEXICAL[name] then
      rules[name] = one()
      assert(text:find("^%s*$", at), text)
    end
  end
  return rules
end

-- Adds tokens that the node makes; the deeper, the less of what may be left out.
local function make(rules, node, tokens, depth)
  local kind = node[1]
  if kind == "text" then
    tokens[#tokens + 1] = node[2]
  elseif kind == "rule" then
    local lexical, rule = LEXICAL[node[2]], rules[node[2]]
    if lexical then
      tokens[#tokens + 1] = lexical[1][random(#lexical[1])]
    elseif node[2] == "primary" and depth > 12 then
      make(rules, { "rule", "name" }, tokens, depth)
    else
      make(rules, rule, tokens, depth + 1)
    end
  elseif kind == "one" then
    make(rules, node[random(2, #node)], tokens, depth)
  elseif kind == "all" then
    for i = 2, #node do
      make(rules, node[i], tokens, depth)
    end
  else
    while random(5) == 1 do
      make(rules, node[2], tokens, depth)
      if kind == "maybe" then break end
    end
  end
end

-- Behind which tokens the node can end that begins at one: a set of places. known has what was found before.
local function ends(rules, node, tokens, at, known)
  local kind, found = node[1], {}
  if kind == "text" then
    found[at + 1] = tokens[at] == node[2] or nil
  elseif kind == "rule" and LEXICAL[node[2]] then
    found[at + 1] = tokens[at] and LEXICAL[node[2]][2](tokens[at]) and true or nil
  elseif kind == "rule" then
    local key = node[2] .. at
    known[key] = known[key] or ends(rules, rules[node[2]], tokens, at, known)
    return known[key]
  elseif kind == "one" then
    for i = 2, #node do
      for place in pairs(ends(rules, node[i], tokens, at, known)) do
        found[place] = true
      end
    end
  else
    local front = { [at] = true }
    if kind ~= "all" then found[at] = true end
    for i = 2, kind == "all" and #node or kind == "maybe" and 2 or #tokens + 2 do
      local next_front = {}
      for place in pairs(front) do
        for behind in pairs(ends(rules, node[kind == "all" and i or 2], tokens, place, known)) do
          next_front[behind] = true
          if kind ~= "all" then found[behind] = true end
        end
      end
      front = next_front
      if next(front) == nil then break end
    end
    if kind == "all" then return front end
  end
  return found
end

local function is_sentence(rules, tokens) return ends(rules, { "rule", "text" }, tokens, 1, {})[#tokens + 1] or false end

test("the parser takes what the page's grammar makes, and nothing else", function(t, dk)
  math.randomseed(20241231)
  local rules = read_grammar(t.read(here .. "/../../docs/expressions.md"))
  local n_taken, n_refused = 0, 0
  for round = 1, ROUNDS do
    local tokens = {}
    make(rules, { "rule", "text" }, tokens, 0)
    for _ = 1, round % 3 do -- two of three are spoilt, some of them into another sentence
      local at = random(#tokens)
      local spoil = random(3)
      if spoil == 1 and #tokens > 1 then
        table.remove(tokens, at)
      elseif spoil == 2 then
        table.insert(tokens, at, TOKENS[random(#TOKENS)])
      else
        tokens[at] = TOKENS[random(#TOKENS)]
      end
    end
    local text = table.concat(tokens, " "):gsub("%$ ", "$")
    local is_asked = #tokens < 60
    for param in text:gmatch "%$(%a+)" do
      is_asked = is_asked and not KEYWORDS[param] -- behind $ every word is a name
    end
    if is_asked then
      local wanted, taken, message = is_sentence(rules, tokens), pcall(dk.expr, text)
      for _, meaningless in ipairs(MEANINGLESS) do
        wanted = wanted and (taken or not tostring(message):find(meaningless))
      end
      t.eq({ text, taken }, { text, wanted }, tostring(message))
      n_taken, n_refused = n_taken + (taken and 1 or 0), n_refused + (taken and 0 or 1)
    end
  end
  t.ok(n_taken > ROUNDS / 4 and n_refused > ROUNDS / 4, ("%d taken, %d refused"):format(n_taken, n_refused))
end)
