# Tango's interval from its definition: the constrained likelihood is maximised by search, the score solved by bisection.
import math
def q_of(b,c,n,d):
    lo,hi=max(0,-d),(1-d)/2
    f=lambda q:(b*math.log(q+d) if b else 0)+(c*math.log(q) if c else 0)+((n-b-c)*math.log(1-2*q-d) if n-b-c else 0)
    lo+=1e-15; hi-=1e-15
    g=(math.sqrt(5)-1)/2
    for _ in range(300):
        x,y=hi-g*(hi-lo),lo+g*(hi-lo)
        if f(x)<f(y): lo=x
        else: hi=y
    return (lo+hi)/2
def score(b,c,n,d):
    q=q_of(b,c,n,d); return (b-c-n*d)/math.sqrt(n*(2*q+d-d*d))
def solve(b,c,n,lo,hi,t):
    for _ in range(100):
        m=(lo+hi)/2
        if score(b,c,n,m)>t: lo=m
        else: hi=m
    return (lo+hi)/2
z=1.959963984540054
for b,c,n in [(14,6,200),(1,7,21),(0,5,60),(40,38,1404),(3,0,30)]:
    e=(b-c)/n
    print(b,c,n,"%.5f %.5f"%(solve(b,c,n,-1+1e-9,e,z),solve(b,c,n,e,1-1e-9,-z)))
