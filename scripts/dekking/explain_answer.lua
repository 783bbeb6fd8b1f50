-- explain_answer.lua
return {}
