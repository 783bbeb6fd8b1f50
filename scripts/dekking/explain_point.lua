-- explain_point.lua
return {}
