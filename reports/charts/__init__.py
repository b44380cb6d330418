"""Charts as SVG from the server: they print, work without a script, and follow the theme.

Every function takes figures and gives a drawing with a sentence as its name. Geometry is in attributes and colour in
classes, because the content security policy allows no style attribute. A table stands under each chart on the page.
"""
